"""Record the example programs, page change by page change, into pagesim/data/traces/examples.

    python tools/record_examples.py              # all of them, about half a minute
    python tools/record_examples.py gather

Needs Linux on x86-64. What they do is drawn from seeds, so each recording is the same again; only
the note on the machine may differ.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

from pagesim.host.example_programs import EXAMPLES, TRACE
from pagesim.host.probe import description
from pagesim.host.record import record_here
from pagesim.traces import save

DATA = Path(__file__).parents[1] / "pagesim" / "data" / "traces" / "examples"


def main(wanted: list[str]) -> int:
    """Record what is named, or everything; return how many are unknown."""
    DATA.mkdir(exist_ok=True)
    for name in wanted or EXAMPLES:
        if name not in EXAMPLES:
            print(f"no example is called {name!r}; there are {', '.join(EXAMPLES)}")
            return 1
        words, array, run, _ = EXAMPLES[name]
        trace = record_here(partial(run, size=TRACE), array(TRACE), name, seconds=300)
        note = f"recorded on {description()}"
        trace = replace(trace, program=words, note=note)
        save(trace, DATA / f"{name}.npz")
        print(trace, f"{(DATA / f'{name}.npz').stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
