"""What the pictures of notebook 07 say, against Linux's rules and glibc's."""

from __future__ import annotations

import re

import pytest

from pagesim import host, scenes
from pagesim.host.areas import classify, parse
from pagesim.scenes.space import small_program

from .seen import Told

RECORDED = host.own_maps(live=False)


# -- your own process ------------------------------------------------------------------------------


def test_an_empty_process_has_no_picture() -> None:
    with pytest.raises(ValueError, match="maps has no areas"):
        scenes.OwnSpace(host.OwnMaps((), (), ""))


def test_the_window_holds_what_lies_in_it() -> None:
    picture = Told(scenes.OwnSpace(RECORDED))
    areas = [area for area in RECORDED.areas if area.start < 1 << 47]
    assert f"with {len(areas)} areas in it" in picture.readout
    heap = next(area for area in areas if area.name == "[heap]")
    low = heap.start - (1 << 19)
    inside = sum(area.start < low + (1 << 20) and area.end > low for area in areas)
    assert f"1 MiB around the first of them, with {inside} area" in picture.move(window=20)


@pytest.mark.parametrize("window", range(20, 48))
def test_a_share_is_never_told_in_powers_of_ten(window: int) -> None:
    picture = Told(scenes.OwnSpace(RECORDED), window=window)
    share = re.search(r"([^ ]+) % of", picture.readout)
    assert share
    assert re.fullmatch(r"0\.0*[1-9]|[1-9][0-9]*", share[1]), share[1]


def test_maps_are_told_apart() -> None:
    text = """\
1000-2000 r--p 0 08:01 7 /bin/a b
2000-3000 r-xp 0 08:01 7 /bin/a b
3000-4000 rw-p 0 08:01 7 /bin/a b
4000-6000 rw-p 0 00:00 0
8000-9000 rw-p 0 00:00 0 [heap]
a000-b000 r-xp 0 08:01 9 /lib/c.so
b000-c000 rw-p 0 08:01 9 /lib/c.so
d000-e000 ---p 0 00:00 0
e000-f000 rw-p 0 00:00 0
Rss: 4 kB
f000-10000 r--s 0 08:01 9 /tmp/data
20000-21000 rw-p 0 00:00 0 [stack]
30000-31000 r-xp 0 00:00 0 [vdso]
"""
    areas = parse(text)
    assert classify(areas, "/bin/a b") == (
        "text",
        "text",
        "data",
        "bss",
        "heap",
        "library",
        "library",
        "guard",
        "mmap",
        "file",
        "stack",
        "vdso",
    )
    assert [area.rss for area in areas] == [0] * 8 + [4] + [0] * 3


# -- the strip -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "access", "mode", "verdict"),
    [
        ("text", "execute", "user", "allowed"),
        ("text", "write", "user", "SIGSEGV SEGV_ACCERR"),
        ("heap", "execute", "user", "SIGSEGV SEGV_ACCERR"),
        ("bss", "write", "user", "allowed"),
        ("page 0 and up", "read", "user", "SIGSEGV SEGV_MAPERR"),
        ("page 0 and up", "read", "kernel", "EFAULT"),
        ("between halves", "read", "user", "SIGSEGV SI_KERNEL"),
        ("kernel", "read", "user", "SIGSEGV SEGV_MAPERR"),
        ("kernel", "read", "kernel", "EFAULT"),
        ("last page", "read", "user", "SIGSEGV SEGV_MAPERR"),
        ("last page", "read", "kernel", "EFAULT"),
        ("text", "execute", "kernel", "oops"),
        ("heap", "write", "kernel", "allowed"),
        ("text", "write", "kernel", "EFAULT"),
    ],
)
def test_the_verdict_is_linux_s(place: str, access: str, mode: str, verdict: str) -> None:
    control = scenes.AddressStrip().controls["at"]
    assert isinstance(control, scenes.Slider)
    assert control.words
    at = next(n for n in range(control.high + 1) if control.words(n) == place)
    said = Told(scenes.AddressStrip()).move(at=at, access=access, mode=mode)
    assert f": {verdict}. " in said


def test_a_hole_below_the_stack_is_where_it_grows() -> None:
    picture = Told(scenes.AddressStrip(), access="write")
    low = 0x7FFF_FFFD_E000  # the stack has 33 pages
    said = picture.move(va=low - 3 * 4096)
    assert "the stack grows by 3 pages; first write: a zeroed page of its own" in said
    assert "the stack grows by 1 page; " in picture.move(va=low - 1)
    assert "grows" not in picture.move(va=low)
    assert "SIGSEGV SEGV_MAPERR" in picture.move(va=low - (8 << 20))
    assert "the stack above is at its limit" in picture.move(va=low - (8 << 20))


def test_what_linux_says_of_addresses_that_are_not_the_programs() -> None:
    picture = Told(scenes.AddressStrip(), access="read")
    for va in (0x7FFF_FFFF_F000, 0xFFFF_8000_0000_0000):
        said = picture.move(va=va, mode="user")
        assert "Linux says error code 0x5 (P U), mapped or not" in said
        assert "does not even try" in picture.move(mode="kernel")
    vdso = next(stop for stop in small_program.STOPS if stop.name == "vdso")
    assert "lends to every process" in picture.move(va=vdso.start, mode="user")


def test_an_address_finds_its_place() -> None:
    picture = Told(scenes.AddressStrip())
    assert "VMA stack, rw-p" in picture.move(va=0x7FFF_FFFF_EFFF)
    assert "No VMA: last page" in picture.move(va=0x7FFF_FFFF_F000)
    assert "No VMA: kernel" in picture.move(va=(1 << 64) - 1)


# -- growth ----------------------------------------------------------------------------------------


def test_malloc_asks_as_glibc_does() -> None:
    """Known sizes: a first small malloc moves brk by 0x21000, 128 KiB map 0x21000."""
    picture = Told(scenes.Growth(), count=0)
    assert "heap 132 KiB, 1 call of brk; mappings none" in picture.move(size=5)
    assert "mappings 132 KiB, 1 mmap, 1 VMA" in picture.move(size=17)
    assert "mappings 1.004 MiB, 1 mmap, 1 VMA" in picture.move(size=20)
    assert "mappings none" in picture.move(size=16)


def test_a_click_makes_a_block_or_uses_the_stack() -> None:
    picture = Told(scenes.Growth())
    assert picture.scene.hit(1.5, 3.5, **picture.values) == {"size": 4}
    assert picture.scene.hit(6.3, 3.5, **picture.values) == {"size": 24}
    assert picture.scene.hit(8.6, 1.2, **picture.values) == {"depth": 1}
    assert picture.scene.hit(1.5, 1.2, **picture.values) == {"depth": 36}
    assert picture.scene.hit(5.0, 2.0, **picture.values) == {}


def test_the_stack_ends_at_its_limit_or_at_the_gap() -> None:
    picture = Told(scenes.Growth())
    assert "now 8 MiB" in picture.move(depth=32)
    assert "SIGSEGV, the stack above is at its limit" in picture.move(depth=33)
    near = "a mapping 5 MiB below its end"
    assert "now 4 MiB" in picture.move(below=near, depth=16)
    for depth in (17, 22, 36):  # in the gap, within the neighbour, and below it
        assert "too close" in picture.move(depth=depth)
        assert picture.stage.finding.title.endswith("the stack ends at 4 MiB")


# -- two modes, fork and exec ----------------------------------------------------------------------


def test_isolation_takes_the_kernel_out_of_the_user_s_table() -> None:
    picture = Told(scenes.TwoModes())
    assert "error code 0x5 (P U)" in picture.readout
    assert "error code 0x4 (U)" in picture.move(isolated=True)
    assert "478 ns each take 48 % of a core" in picture.move(calls=5)
    assert "in kernel mode: allowed" in picture.move(mode="kernel")
    assert "allowed, on your behalf" in picture.move(target=1)


def test_the_title_of_two_modes_says_nothing_of_who_may_read_before_something_is_moved() -> None:
    picture = Told(scenes.TwoModes())
    assert not re.search("U/S|isolation|out", picture.stage.finding.title)
    for move in ({"mode": "kernel"}, {"mode": "user"}):
        picture.move(**move)
        assert "only the U/S bit" in picture.stage.finding.title


def test_a_click_changes_the_mode_only_where_each_has_a_table() -> None:
    scene = scenes.TwoModes()
    values = {"mode": "user", "isolated": False, "target": 3, "calls": 4}
    assert scene.hit(6.0, 2.7, **values) == {"mode": "user", "target": 1}
    assert scene.hit(6.0, 2.7, **{**values, "isolated": True}) == {"mode": "kernel", "target": 1}
    assert scene.hit(1.0, 2.7, **values) == {}


def test_fork_shares_each_private_page_and_writing_copies_it() -> None:
    """data 1, BSS 1, heap 6 and stack 2 pages are private; those of files are not even entered."""
    picture = Told(scenes.ForkExec())
    assert "10 frames mapped by both" in picture.readout
    assert "8 frames mapped by both, 14 by one alone; 2 pages" in picture.move(step=2)
    assert "child" not in picture.move(step=4).split("Parent")[1]
