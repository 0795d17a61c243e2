"""Record what this machine's kernel counts, for machines that cannot count themselves.

    python tools/record_host.py            # every lab that can count here, and a notebook's memory
    python tools/record_host.py page_tables own_maps

Run it on an idle Linux machine, as root (some labs need that), and read the difference before
committing it: a recording that disagrees with its prediction is refused.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from jupyter_client.manager import start_new_kernel

from pagesim.host.areas import parse
from pagesim.host.lab import Lab
from pagesim.host.linux import refusal
from pagesim.host.plotted import PlottedLab
from pagesim.host.probe import LABS, description

DATA = Path(__file__).parents[1] / "pagesim" / "data" / "host"
# What a notebook of the course has loaded when it asks for its own areas and sizes.
NOTEBOOK = """
import json
from pathlib import Path
from pagesim import bet, explore, host, predict_first, scenes
from coursework import check, problem, progress
from pagesim.host.linux import proc
shown = explore(scenes.AddressStrip())
print(json.dumps({
    "program": str(Path("/proc/self/exe").readlink()),
    "smaps": proc("self/smaps"),
    "sizes": {line: host.status(line) for line in ("VmSize", "VmRSS", "VmPTE")},
}))
"""


def of_lab(lab: Lab) -> dict[str, Any]:
    """Let a lab count; ValueError if it cannot, or does not agree with its prediction."""
    report = lab.measure()
    if not report.live or not report.agrees:
        raise ValueError(repr(report))
    record: dict[str, Any] = {"counted": dict(report.counted)}
    if isinstance(lab, PlottedLab):
        record["series"] = lab.series().data
    return record


def of_notebook() -> dict[str, dict[str, Any]]:
    """Ask a notebook's Python for its areas, without the names of anybody's folders, and sizes."""
    _, client = start_new_kernel()
    said: list[str] = []
    try:
        reply = client.execute_interactive(
            NOTEBOOK, output_hook=lambda message: said.append(message["content"].get("text", ""))
        )
    finally:
        client.shutdown()
    if reply["content"]["status"] != "ok":
        raise ValueError(f"the notebook's Python failed: {reply['content']['evalue']}")
    seen = json.loads("".join(said))
    lines = []
    for area in parse(seen["smaps"]):
        name = area.name
        if name.startswith("/"):
            is_program = name == seen["program"]
            name = "/usr/bin/python3" if is_program else f"/usr/lib/{Path(name).name}"
        line = f"{area.start:x}-{area.end:x} {area.perms} 0 00:00 0 {name}".rstrip()
        lines += [line, f"Rss: {area.rss} kB"] if area.rss else [line]
    maps = {"program": "/usr/bin/python3", "smaps": "\n".join(lines)}
    return {"own_maps": {"counted": maps}, "sizes": {"counted": seen["sizes"]}}


def main(wanted: list[str]) -> int:
    """Record what is named, or everything; return how much could not be recorded."""
    labs = {lab.key: lab for lab in LABS}
    known = (*labs, "own_maps", "sizes")
    if unknown := [key for key in wanted if key not in known]:
        sys.exit(f"nothing is called {unknown[0]!r}; there are {', '.join(known)}")
    failures = 0
    notebook: dict[str, dict[str, Any]] = {}
    for key in wanted or known:
        try:
            if key not in labs:
                notebook = notebook or of_notebook()
            record = of_lab(labs[key]()) if key in labs else notebook[key]
        except Exception as why:
            failures += 1
            print(f"{key}: not recorded: {why if isinstance(why, ValueError) else refusal(why)}")
            continue
        text = json.dumps({"machine": description()} | record, indent=1, ensure_ascii=False)
        (DATA / f"{key}.json").write_text(text + "\n", encoding="utf-8")
        print(f"{key}: recorded")
    return failures


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
