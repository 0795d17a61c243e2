"""Run every benchmark of this folder in one go: `python -m benchmarks [part of a name ...]`."""

from __future__ import annotations

import platform
import sys
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).parent


def main(wanted: list[str]) -> int:
    """Run the benchmarks whose name contains one of the words, or all; return the number run."""
    ran = 0
    print(f"{platform.platform()}, Python {platform.python_version()}")
    for path in sorted(HERE.glob("**/bench_*.py")):
        name = ".".join(path.relative_to(HERE).with_suffix("").parts)
        if wanted and not any(word in name for word in wanted):
            continue
        module = import_module(f"benchmarks.{name}")
        summary = (module.__doc__ or "").strip().partition("\n")[0]
        print(f"\n{name}: {summary}\n", flush=True)
        module.main()
        ran += 1
    return ran


if __name__ == "__main__":
    if not main(sys.argv[1:]):
        sys.exit(f"no benchmark's name contains any of {', '.join(sys.argv[1:])}")
