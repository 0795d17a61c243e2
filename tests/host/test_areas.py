"""Reading maps: whatever names and pastes hold, it is read, or one sentence says what is wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagesim import host
from pagesim.host.areas import KINDS, classify, parse
from pagesim.host.lab import Recording

from .expected import linux_only, run

LINE = "7f0000001000-7f0000003000 r-xp 00002000 08:01 42                         "


@pytest.mark.parametrize(
    "name",
    [
        "/lib/a b",
        "/tmp/a\fb",
        "/tmp/a\rb",
        "/tmp/a\x85b",
        "/tmp/a\u2028b",
        "/tmp/\udcff",
        "/a:",
        "/tmp/x (deleted)",
        "[anon: x: y]",
        "/tmp/\r",
        "/tmp/1-2 rw-p 0 0 0",
        "",
        "Rss: 4 kB",
    ],
)
def test_names_are_kept_as_they_are(name: str) -> None:
    (area,) = parse(f"{LINE}{name}\nRss:    8 kB\nVmFlags: rd ex mr\n")
    assert (area.start, area.end, area.perms) == (0x7F0000001000, 0x7F0000003000, "r-xp")
    assert (area.name, area.rss) == (name, 8)


@given(st.lists(st.text(st.characters(blacklist_characters="\n"), min_size=1).map("/{}".format)))
def test_any_names_are_read_back(names: list[str]) -> None:
    text = "".join(f"{n:x}000-{n + 1:x}000 rw-p 0 0 0 {name}\n" for n, name in enumerate(names))
    assert [area.name for area in parse(text)] == names


def test_headings_and_blank_lines_are_left_out() -> None:
    text = f"Dynamic libraries:\n\n{LINE}/lib/a\n   \nOther areas:\n\n{LINE}\n\n"
    assert [area.name for area in parse(text)] == ["/lib/a", ""]
    assert parse("") == parse("\n\n") == ()


@pytest.mark.parametrize(
    "line",
    [
        "7f00-",
        "Dynamic libraries",
        "zz-yy rw-p 0 0 0",
        "2000-1000 rw-p 0 0 0",
        "1000-2000 rwp 0 0 0",
        "__TEXT 1000-2000 [ 4K] r-x/r-x SM=COW /bin/a",
        "x" * 5000,
    ],
)
def test_what_is_no_map_is_named_with_its_line(line: str) -> None:
    with pytest.raises(ValueError, match=r"^line 2 is no line of /proc/PID/maps or smaps: '") as no:
        parse(f"{LINE}/lib/a\n{line}\n")
    assert len(str(no.value)) < 120


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        areas = parse(text)
    except ValueError:
        areas = ()
    assert all(area.start < area.end for area in areas)


def test_pages_of_hugetlb_are_in_memory_though_not_in_rss() -> None:
    (area,) = parse(f"{LINE}/dev/hugepages/x\nRss: 0 kB\nPrivate_Hugetlb: 2097152 kB\n")
    assert area.rss == 2 << 20
    table = host.maps_by_kind(host.OwnMaps((area,), classify((area,), "/bin/a"), ""))
    assert table.rows == (("library", 1, 8, 2097152),)


def test_the_reserve_of_an_arena_is_no_guard() -> None:
    """As glibc lays it out: two threads' stacks, and 64 MiB kept together for small blocks."""
    text = """\
7f2b74000000-7f2b74021000 rw-p 00000000 00:00 0
7f2b74021000-7f2b78000000 ---p 00000000 00:00 0
7f2b7affe000-7f2b7afff000 ---p 00000000 00:00 0
7f2b7afff000-7f2b7b7ff000 rw-p 00000000 00:00 0
7f2b7b7ff000-7f2b7b800000 ---p 00000000 00:00 0
7f2b7b800000-7f2b7c000000 rw-p 00000000 00:00 0
7f2b7c000000-7f2b7c021000 rw-p 00000000 00:00 0
7f2b7c021000-7f2b80000000 ---p 00000000 00:00 0
7f2b81000000-7f2b81010000 ---p 00000000 00:00 0
7f2b81010000-7f2b81810000 rw-p 00000000 00:00 0
7f2b90000000-7f2b90001000 ---p 00000000 00:00 0
"""
    kinds = classify(parse(text), "/bin/a")
    assert kinds == (
        "mmap",
        "reserved",
        "guard",
        "mmap",
        "guard",
        "mmap",
        "mmap",
        "reserved",
        "guard",  # 64 KiB: Arm's
        "mmap",
        "reserved",  # nothing above it to guard
    )
    assert set(kinds) <= set(KINDS)


@linux_only
def test_a_file_whose_name_is_no_utf8_is_among_ones_own_areas(tmp_path: Path) -> None:
    name = os.path.join(os.fsencode(tmp_path), b"a\xff\r\x0c b")
    code = f"""
import mmap, os, json
from pagesim import host
file = os.open({name!r}, os.O_RDWR | os.O_CREAT)
os.truncate(file, 4096)
kept = mmap.mmap(file, 4096)
maps = host.own_maps()
found = [area for area in maps.areas if os.fsencode(area.name) == {name!r}]
print(json.dumps([maps.note, len(found), host.MapsTotals().measure().live]))
print(json.dumps([host.smaps(found[0].start)["Size"], host.StackGrowth().measure().live]))
"""
    (note, found, totals), (size, growth) = run(code)
    assert note == "read from this process's own smaps"
    assert (found, totals, size, growth) == (1, True, 4, True)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2000-", "something is not as expected (ValueError: line 1 is no line of"),
        ("", "its /proc/self/smaps is empty"),
    ],
)
def test_maps_that_cannot_be_read_are_a_recording_that_says_why(
    monkeypatch: pytest.MonkeyPatch, text: str, reason: str
) -> None:
    monkeypatch.setattr("pagesim.host.maps.proc", lambda name: text)
    maps = host.own_maps()
    assert len(maps.areas) > 100
    assert maps.note.startswith(f"recorded on {Recording.load('own_maps').machine}; this machine")
    assert reason in maps.note


def test_the_recorded_process_names_nobodys_folders() -> None:
    maps = host.own_maps(live=False)
    folders = {str(Path(area.name).parent) for area in maps.areas if area.name.startswith("/")}
    assert folders == {"/usr/bin", "/usr/lib"}
    assert {"text", "data", "heap", "library", "mmap", "guard", "reserved", "stack", "vdso"} <= set(
        maps.kinds
    )
    assert sum(area.rss for area in maps.areas) > 10_000
