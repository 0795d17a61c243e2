"""What somebody pasted, made into lines: without quotes, time stamps and prefixes of logs.

> [  492.6] oom-kill: …                         quoted in a mail; dmesg
Mar 24 13:09:13 db1 kernel: [ 4771.2] …         a log file
2024-07-16T19:11:51Z kern: info: …              the same, of another kind
<4>[10469.8] …                                  dmesg -r
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..units import binary

MOST = 8 << 20  # characters that are read
_LONGEST = 4096  # characters of a line: names of files are not longer
_ODD = 0.02  # the share of control characters from which on it is no text

_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
# One after the other, each may stand before the next.
_PREFIXES = tuple(
    re.compile(pattern)
    for pattern in (
        r"\s*>[>\s]*",
        r"\s*\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,\d]*(?:Z|[+-]\d\d:?\d\d)?:?\s+",
        r"\s*\S[^\[\n]{0,60}?\b\d\d:\d\d:\d\d\b[^\[\n]{0,80}?\bkern(?:el)?:\s?",
        r"\s*[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d(?:\.\d+)?\s+",
        r"(?:\S+ )?kernel:\s?",
        r"\S[^\n]{0,60}?\bGuest:\s",
        r"<\d{1,3}>",
        r"\[\s*\d+\.\d+\](?:\[ *[TC]\d+\])?\s?",
        r"\[[A-Z][a-z]{2} [A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d \d{4}\]\s?",
    )
)


class NotText(Exception):
    """What was given cannot be read as text; the message says why, as a sentence.

    >>> raise NotText("There is nothing in it.")
    Traceback (most recent call last):
    pagesim.evidence.text.NotText: There is nothing in it.
    """


@dataclass(frozen=True)
class Pasted:
    """Lines as they can be read, as they were written, and what had to be done to them."""

    lines: tuple[str, ...]
    written: tuple[str, ...]
    notes: tuple[str, ...] = ()


def lines_of(source: object) -> Pasted:
    """Make lines of text, or of bytes that hold text.

    Raises
    ------
    NotText
        If there is no text in it.

    Examples
    --------
    >>> lines_of("> [   12.5] PGD 0 P4D 0\\r\\n> [   12.5] Oops: 0002\\r\\n").lines
    ('PGD 0 P4D 0', 'Oops: 0002')
    """
    notes: list[str] = []
    text = _text(source, notes)
    if "\r" in text:
        text = text.replace("\r\n", "\n")
        text = text if "\n" in text else text.replace("\r", "\n")
    text = _ESCAPE.sub("", text)
    if not text.strip():
        raise NotText("There is nothing in it but blanks.")
    if len(_CONTROL.findall(text[: 1 << 16])) > _ODD * min(len(text), 1 << 16):
        raise NotText("This is no text: too many of its characters are control characters.")
    if "�" in text:
        notes.append("Bytes that are no UTF-8 are shown as �.")
    written = tuple(
        line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
        for line in _CONTROL.sub("�", text).split("\n")
    )
    lines = tuple(bare(line) for line in written)
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return Pasted(lines, written[: len(lines)], tuple(notes))


def bare(line: str) -> str:
    """Take what a mail, a log or a terminal put before a line away.

    >>> bare("Jun 14 18:57:45 host kernel: [173638.343339] PGD 0 P4D 0 ")
    'PGD 0 P4D 0'
    >>> bare("[    375]     0   375    14010"), bare("MemFree:  12 kB")
    ('[    375]     0   375    14010', 'MemFree:  12 kB')
    """
    for prefix in _PREFIXES:
        if found := prefix.match(line):
            line = line[found.end() :]
    return line.rstrip()


def _text(source: object, notes: list[str]) -> str:
    if isinstance(source, bytes | bytearray | memoryview):
        raw = bytes(source[: 4 * MOST])
        utf16 = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
        text = raw.decode("utf-16" if utf16 else "utf-8", "replace")
        text = text.removeprefix("\ufeff")
        size = len(source) if not isinstance(source, memoryview) else source.nbytes
        whole = size <= len(raw)
    elif isinstance(source, str):
        # halves of surrogate pairs, as os.fsdecode makes them, cannot be shown
        text = source[:MOST].encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        size, whole = len(source), True
    else:
        kind = type(source).__name__
        raise NotText(f"Text is read here, or the bytes of a file; this is of type {kind}.")
    if len(text) > MOST or size > MOST or not whole:
        text = text[:MOST].rpartition("\n")[0] or text[:MOST]
        notes.append(f"Only the first {binary(MOST)} of {binary(size)} were read.")
    return text
