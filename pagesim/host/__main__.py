"""The helper process: ``python -m pagesim.host MODULE FUNCTION ARGUMENTS`` prints JSON."""

import sys

from .helper import serve

print(serve(*sys.argv[1:]))
