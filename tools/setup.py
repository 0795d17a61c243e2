"""Make an environment: python tools/setup.py [setup | lab [options] | test | bench | site].

This file has to parse on any Python, because it is where an old one is turned away;
environment.py does the work.
"""

import sys

MINIMUM = (3, 11)

if sys.version_info < MINIMUM:
    sys.exit(
        "The course needs Python "
        + ".".join(map(str, MINIMUM))
        + " or newer, and "
        + sys.executable
        + " is Python "
        + sys.version.split()[0]
        + ". "
        "Install a newer one, or name one that you have: make lab PYTHON=python3.12"
    )

from environment import main  # noqa: E402

main(sys.argv[1:], MINIMUM)
