"""A kernel's oops or BUG, or the line about a program that died: the fault, taken apart."""

from __future__ import annotations

from collections.abc import Sequence

from ..arch import X86_64
from ..units import count
from . import addresses, report
from .pictures import Step, WalkChart
from .reading import Evidence, Line
from .report import Report
from .walks import Entry, Walk, mode_of, same_as_above, walk

KIND = "a report of a fault"
claims = report.claims
_NAMES = {"x86": "x86", "arm64": "64-bit Arm", "arm": "32-bit Arm", "riscv": "RISC-V",
          "mips": "MIPS", "powerpc": "PowerPC", "s390": "s390"}  # fmt: skip
_PROVES_NOT = (
    "The entries are those of the moment of printing; another CPU may have changed them since the "
    "fault.",
    "The instruction that faulted is where a wrong pointer was used, not where it became wrong.",
)
_OF_PROGRAM = (
    "A wrong pointer was used here; where it became wrong, a debugger and the core file tell.",
    "Without the page tables nothing says which level had no entry; the kernel's areas "
    "(/proc/PID/maps) decide whether that was an error.",
)


def read(lines: Sequence[str], written: Sequence[str]) -> Evidence:
    """Take a report of a fault apart."""
    found = report.read(lines)
    mode = mode_of(found.family, found.printed, found.page_kib, found.bits)
    if found.bad_map:
        mode = X86_64 if found.family == "x86" else None
    done = walk(mode, found.printed, found.code, found.address) if found.printed else None
    if found.bad_map and done:
        done = Walk(done.mode, done.entries, done.end, done.stopped)
    title = _title(found, done)
    shown = [
        Line(text, found.notes.get(number, ""), number in found.notes)
        for number, text in enumerate(written)
    ]
    _annotate(found, shown, done)
    return Evidence(
        KIND,
        title,
        shown,
        tuple(_stands_out(found, done)),
        _OF_PROGRAM if found.program and not done else _PROVES_NOT,
        tuple(_notes(found, done)),
        _values(found, done),
        _picture(done),
    )


def _title(found: Report, done: Walk | None) -> str:
    if found.bad_map:
        return f"An entry of {found.bad_map} is damaged, or the page it names is"
    at = "an address that is not told" if found.address is None else f"{found.address:#x}"
    did = _did(found)
    if found.protection:
        return f"General protection{'' if found.address is None else f' at {at}'}"
    if done and done.end == "fault":
        how = done.forbids or done.stopped
        return f"{did} {at}: {how}"
    if done and done.end == "page":
        return f"{did} {at}: {done.stopped}, and nothing in them forbids it"
    return f"{did} {at}, and {'died of it' if found.program else 'failed'}"


def _did(found: Report) -> str:
    """Say who did what, as far as it is told."""
    code = found.code
    kernel = code is not None and code.user is False
    who = found.program or ("The kernel" if kernel else "Something")
    if code is None or code.write is None:
        return f"{who} accessed"
    return f"{who} {'fetched code at' if code.fetch else 'wrote to' if code.write else 'read'}"


def _stands_out(found: Report, done: Walk | None) -> list[str]:
    said: list[str] = []
    if found.address is not None and (where := addresses.place(found.address, _is_x86(found))):
        said.append(f"{found.address:#x}: {where}.")
    if found.code is not None and not found.protection:
        said.append(f"{found.code.words}.")
    if done is not None and done.stopped:
        said.append(f"{done.stopped[0].upper()}{done.stopped[1:]}.")
        if done.forbids:
            said.append(f"{done.forbids[0].upper()}{done.forbids[1:]}.")
        said += _compared(found, done)
    if found.oopses > 1:
        said.append(
            f"{count(found.oopses, 'report')} are in it, and the first is read here: those that "
            "follow are often its consequences."
        )
    return said


def _compared(found: Report, done: Walk) -> list[str]:
    """Hold the hardware's code against the entries."""
    code = found.code
    if code is None or found.bad_map or done.end == "unknown":
        return []
    if code.present is False and done.end == "page":
        return [
            "The code says that an entry was missing, yet all are there: one was entered since."
        ]
    if code.present and done.entries and done.end == "fault" and not done.forbids:
        if code.reserved:
            return []
        return ["The code says that an entry was there, yet the last is empty: it went since."]
    if code.reserved and done.end == "page":
        return ["No bit is set that every machine reserves: this one's addresses may be narrower."]
    if code.present and done.end == "page":
        return ["The code says that an entry forbids it, yet none printed here does."]
    if code.level is not None and done.end == "fault" and done.mode and not done.forbids:
        above = done.mode.levels - 1 - done.entries[-1].level
        if above != code.level:
            return ["The level that the code names is not the one at which the entries end."]
    return []


def _notes(found: Report, done: Walk | None) -> list[str]:
    notes = []
    if not found.family:
        notes.append("Which processor wrote it is not to be seen: codes and entries stay as is.")
    elif found.family not in ("x86", "arm64", "riscv"):
        name = _NAMES.get(found.family, "another processor")
        notes.append(f"It is of {name}, whose entries are shown as they are.")
    elif done and done.mode is None:
        notes.append("Pages of this size have entries that are shown as they are.")
    if done and (same := same_as_above(found.printed)) and done.mode:
        notes.append(
            f"A level that this machine does not have repeats the one above it: {', '.join(same)}."
        )
    if not found.printed and not found.program and not found.protection:
        notes.append("No page-table entry is in it: it was cut off, or the kernel printed none.")
    return notes


def _is_x86(found: Report) -> bool:
    return (
        found.family == "x86"
        and not set(found.printed) & {"PDPT"}
        and (not found.printed or "PGD" in found.printed or found.bad_map != "")
    )


def _annotate(found: Report, shown: list[Line], done: Walk | None) -> None:
    """Write beside each line with entries what they are."""
    for entry in done.entries if done else ():
        old = shown[found.where[entry.name]]
        note = f"{entry.name}{entry.place}: {entry.words}" + (
            f" [{entry.flags}]" if entry.flags else ""
        )
        both = f"{old.note}; {note}" if old.note else note
        shown[found.where[entry.name]] = Line(old.text, both, True)


def _values(found: Report, done: Walk | None) -> dict[str, object]:
    values: dict[str, object] = {"family": found.family}
    if found.address is not None:
        values["address"] = found.address
    if done:
        values |= {entry.name: entry.value for entry in done.entries}
        values["end"] = done.end
        if done.entries:
            values["last"] = done.entries[-1].name
    return values


def _picture(done: Walk | None) -> WalkChart | None:
    if not done or not done.entries:
        return None
    steps = [
        Step(f"{entry.name}{entry.place}", f"{entry.value:#x}", _short(entry), entry.flags)
        for entry in done.entries
    ]
    last = done.entries[-1].name
    short = {
        "fault": f"The {last} forbids it" if done.forbids else f"The walk ends at the {last}",
        "page": "The walk reaches a page",
        "unknown": "The entries, as far as they are told",
    }[done.end]
    return WalkChart(short, steps, done.end, done.unread)


def _short(entry: Entry) -> str:
    return {
        "TABLE": "to a table",
        "PAGE": "a page",
        "ABSENT": "empty" if not entry.value else "not present",
        "RESERVED": "reserved bit",
    }.get(entry.kind.name if entry.kind else "", "as it is")
