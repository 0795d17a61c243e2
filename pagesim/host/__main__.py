"""The helper process: ``python -m pagesim.host PARENT MODULE FUNCTION ARGUMENTS`` prints JSON."""

import sys

from .helper import serve

print(serve(*sys.argv[1:]))
