"""Whatever is pasted, there is an answer, and nothing of it becomes HTML."""

from __future__ import annotations

import random
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagesim import evidence

from .test_examples import EXAMPLES

pytestmark = pytest.mark.long  # 63 examples, cut off everywhere

TEXTS = [example["text"] for example in EXAMPLES]
_TAGS = {"div", "p", "b", "figure", "figcaption", "img", "ul", "li", "details", "summary"}
_TAGS |= {"table", "thead", "tbody", "tr", "th", "td", "code"}


class _Page(HTMLParser):
    """Fails at a tag that no evidence is shown with."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in _TAGS, tag
        assert {name for name, _ in attrs} <= {"style", "alt", "src", "scope"}, attrs


def answer(text: object, drawn: bool = False) -> evidence.Evidence:
    """Read and show something; its picture takes longest, and is drawn if asked for."""
    found = evidence.read(text)
    assert found.title.strip()
    assert "None" not in found.title
    page = found._repr_html_() if drawn else found._table() + repr(found)
    _Page().feed(page if drawn else found._table())
    page.encode()
    return found


def words() -> st.SearchStrategy[str]:
    """Pieces of real evidence, and anything at all, in any order."""
    pieces = sorted({line for text in TEXTS for line in text.split("\n")})
    line = st.one_of(st.sampled_from(pieces), st.text(max_size=60))
    return st.lists(line, max_size=30).map("\n".join)


@given(words())
def test_any_lines_get_an_answer(text: str) -> None:
    answer(text)


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300)))
def test_any_bytes_and_any_text_get_an_answer(raw: object) -> None:
    answer(raw)


@given(st.data())
def test_numbers_of_any_size_and_sign_get_an_answer(data: st.DataObject) -> None:
    """Names that are known, with values that no kernel would print."""
    text = data.draw(st.sampled_from(TEXTS))
    number = st.integers(-(1 << 70), 1 << 70).map(str) | st.sampled_from(["0", "-1", "f" * 16])
    numbers = data.draw(st.lists(number, min_size=1, max_size=40))
    parts = [part if k % 2 else numbers[k // 2 % len(numbers)] for k, part in enumerate(_cut(text))]
    answer("".join(parts))


def _cut(text: str) -> list[str]:
    """Cut a text into numbers and what stands between them, a number first."""
    pieces = re.split(r"([^0-9]+)", text)
    return pieces if not pieces[0] or pieces[0][0].isdigit() else ["", *pieces]


@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_cut_off_anywhere_and_reordered_it_gets_an_answer(number: int) -> None:
    text, rng = TEXTS[number], random.Random(number)
    for _ in range(5):
        start, end = sorted(rng.randrange(len(text) + 1) for _ in range(2))
        answer(text[:end])
        answer(text[start:end])
    lines = text.split("\n")
    for _ in range(2):
        rng.shuffle(lines)
        answer("\n".join(lines))
    answer(text, drawn=True)


@pytest.mark.parametrize(
    ("given_text", "said"),
    [
        ("", "nothing in it"),
        (" \n\t\n", "nothing in it"),
        (b"", "nothing in it"),
        (b"\x7fELF" + bytes(range(32)) * 40, "no text"),
        (bytes(1000), "no text"),
        (None, "type NoneType"),
        (4096, "type int"),
        (["MemTotal: 1 kB"], "type list"),
        (Path("/proc/meminfo"), "type PosixPath"),
        ("Hello, world", "Known are"),
        ("0x7ffc MOV RAX", "Known are"),
        ("\ud800 MemTotal", "Known are"),
    ],
)
def test_what_is_no_evidence_gets_a_clear_sentence(given_text: object, said: str) -> None:
    found = answer(given_text, drawn=True)
    assert said in repr(found)
    assert found.picture is None


def test_a_file_of_fifty_megabytes_is_read_as_far_as_promised() -> None:
    line = f"7f0000000000-7f0000001000 rw-p 00000000 08:01 7    /{'long/' * 100}\n"
    found = evidence.read(line * ((50 << 20) // len(line)))
    assert "Only the first 8 MiB of 50 MiB were read." in repr(found)
    assert len(found._table()) < 200_000
    assert "Only the first 8 MiB" in repr(evidence.read(b"x" * (50 << 20)))
    assert "no text" in repr(evidence.read(bytes(50 << 20)))


def test_what_is_html_in_it_stays_text() -> None:
    evil = "<script>alert(1)</script>"
    for text in (
        f"7f0000000000-7f0000001000 r-xp 00000000 08:01 7    /{evil}",
        f"{evil}[12]: segfault at 10 ip 0000000000000001 sp 0000000000000002 error 6",
        f"Name:\t{evil}\nVmSize:\t 4 kB\nVmRSS:\t 4 kB",
        f"Killed process 1 ({evil}) total-vm:4kB, anon-rss:4kB, file-rss:0kB",
        f"BUG: Bad page map in process {evil} pte:fd20b000 pmd:16d7b08067",
        evil,
    ):
        page = answer(text, drawn=True)._repr_html_()
        assert "<script" not in page
        assert "&lt;script" in page


def test_utf_16_and_a_byte_order_mark_are_read() -> None:
    text = "MemTotal:  65536 kB\nMemFree:  4096 kB\n"
    for raw in (text.encode("utf-16"), b"\xef\xbb\xbf" + text.encode(), text.encode("latin-1")):
        assert evidence.read(raw).values == {"MemTotal": 65536, "MemFree": 4096}


def test_two_kinds_in_one_paste_are_told_apart() -> None:
    meminfo = next(text for text in TEXTS if "MemTotal" in text)
    found = evidence.read(meminfo + "\nNode 0, zone   Normal 258 9 5 0 1 2 0 1 1 0 0\n")
    assert found.kind == "/proc/meminfo"
    assert "There is more in it: /proc/buddyinfo" in repr(found)
