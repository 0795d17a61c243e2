"""Record what this machine's kernel counts, for machines that cannot count themselves.

    python tools/record_host.py            # every lab that can count here
    python tools/record_host.py page_tables first_touch

Run it on an idle Linux machine, as root (some labs need that), and read the difference before
committing it: a recording that disagrees with its prediction is refused.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pagesim.host.plotted import PlottedLab
from pagesim.host.probe import LABS, description

DATA = Path(__file__).parents[1] / "pagesim" / "data" / "host"


def main(wanted: list[str]) -> int:
    """Record the labs named, or all of them; return the number that could not be recorded."""
    known = {lab.key: lab for lab in LABS}
    failures = 0
    for key in wanted or known:
        if key not in known:
            sys.exit(f"no lab is called {key!r}; there are {', '.join(known)}")
        lab = known[key]()
        report = lab.measure() if not lab.obstacle else None
        if report is None or not report.live or not report.agrees:
            failures += 1
            print(f"{key}: not recorded: {lab.obstacle or report}")
            continue
        record: dict[str, object] = {"machine": description(), "counted": dict(report.counted)}
        if isinstance(lab, PlottedLab):
            record["series"] = lab.series().data
        text = json.dumps(record, indent=1, ensure_ascii=False)
        (DATA / f"{key}.json").write_text(text + "\n", encoding="utf-8")
        print(f"{key}: recorded")
    return failures


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
