"""Ask repo2docker, which Binder runs, what it would make of this repository; needs no Docker.

pip install jupyter-repo2docker, then: python tools/check_binder.py
"""

import os
import sys
from pathlib import Path

from repo2docker.app import Repo2Docker

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Print which kind of repository it sees, and the end of the Dockerfile that it writes."""
    os.chdir(ROOT)
    app = Repo2Docker()
    found = next(pack for pack in app.buildpacks if pack(app.base_image).detect())
    pack = found(app.base_image)
    pack.platform = "linux/amd64"
    lines = pack.render({}).splitlines()
    print(f"{found.__name__}, Python {pack.python_version}")
    steps = [line for line in lines if "environment.yml" in line or "postBuild" in line]
    print("\n".join(steps))
    installs, copies, built = (
        next((k for k, line in enumerate(lines) if word in line), -1)
        for word in ("env update", "COPY --chown=1000:1000 src/ ", "./postBuild")
    )
    # what stands above the copy of the repository is kept when only a lesson changes
    if found.__name__ != "CondaBuildPack" or not 0 <= installs < copies < built:
        sys.exit("Binder would not install environment.yml first, then copy, then run postBuild")


if __name__ == "__main__":
    main()
