"""Bets: each has its words and one right answer, and stays closed until it is placed."""

import itertools
import re
from functools import cache
from pathlib import Path

import nbformat
import numpy as np
import pytest

from coursework.builder import Lesson, LessonError
from coursework.builder.folds import beside, folded, folds
from coursework.builder.source import reveals_of
from pagesim import (
    X86_64,
    LinearTable,
    Mmu,
    PagingMode,
    PhysicalMemory,
    RadixTable,
    bet,
    binary,
    costs,
    explore,
    host,
    reveal,
    scenes,
)
from pagesim.explorer import Explorer, Question, questions
from pagesim.explorer.bets import listeners, opened, placed
from pagesim.kernel import AccessError, Kernel
from pagesim.markup import inline
from pagesim.replacement import simulate
from pagesim.reuse import lru_hits
from pagesim.scenes.huge.worn_memory import worn
from pagesim.scenes.memory import two_programs
from pagesim.scenes.tlb.time_sharing import misses
from pagesim.traces import loop, recorded

ROOT = Path(__file__).parents[2]
LESSONS = {path.stem[:2]: path for path in sorted((ROOT / "lessons").glob("[0-9][0-9]-*.md"))}
BETS = questions()
lesson_of = cache(Lesson.read)

each_bet = pytest.mark.parametrize("question", BETS.values(), ids=BETS)


@pytest.fixture(autouse=True)
def fresh():
    yield
    placed.clear()
    opened.clear()


def cells_of(question):
    return cells_in(ROOT / "notebooks" / f"{LESSONS[question.notebook].stem}.ipynb")


@cache
def cells_in(path):
    return nbformat.read(path, 4).cells


def test_every_bet_of_a_lesson_has_its_words_and_the_other_way_round():
    asked = {number: list(lesson_of(path).bets) for number, path in LESSONS.items()}
    for number in LESSONS:
        assert asked[number] == [each.name for each in BETS.values() if each.notebook == number]
    assert {each.notebook for each in BETS.values()} == LESSONS.keys()


def test_no_question_is_asked_twice():
    assert len({each.text for each in BETS.values()}) == len(BETS)


@each_bet
def test_a_bet_has_one_answer_that_is_right_and_a_reply_to_each(question):
    live = bet(question.name)
    verdicts = {}
    for option, reply in question.replies.items():
        assert live.place(option, "because") == reply
        assert live.reply.html == inline(reply)
        verdicts[option] = live.reply.verdict
        assert len(reply.split()) >= 8, "a reply says why"
    assert [option for option, said in verdicts.items() if said.startswith("✓")] == [question.truth]
    assert placed[question.name] == (option, "because")


@each_bet
@pytest.mark.parametrize("placed_before", [False, True], ids=["first", "in order"])
def test_nothing_in_view_gives_the_answer(question, placed_before):
    """Neither when it is the only bet on the page nor after all that come before it."""
    cells, bets = cells_of(question), lesson_of(LESSONS[question.notebook]).bets
    before = list(bets)[: list(bets).index(question.name)] if placed_before else []
    for index, text in beside(cells, bets[question.name], before).items():
        for tell in question.tells:
            found = re.search(tell, text, re.MULTILINE)
            assert not found, f"cell {index + 1} gives it away: {found[0]!r}"


@each_bet
def test_what_is_folded_gives_the_answer(question):
    hidden = "\n".join(folded(cell, question.name) for cell in cells_of(question))
    said = "\n".join([hidden, question.truth, question.replies[question.truth]])
    assert [tell for tell in question.tells if not re.search(tell, said, re.MULTILINE)] == []
    assert any(re.search(tell, hidden, re.MULTILINE) for tell in question.tells)


@each_bet
def test_what_a_bet_opens_stands_before_the_next_question_to_the_learner(question):
    """Neither another bet nor a lab's prediction stands between: their answers stay folded."""
    lesson = lesson_of(LESSONS[question.notebook])
    bet_at = lesson.bets[question.name]
    asks = {index for index in lesson.bets.values() if index > bet_at} | {
        index
        for index, cell in enumerate(lesson.cells)
        if cell.cell_type == "code" and "predict_first(" in cell.source and index > bet_at
    }
    opens = [
        index
        for index, cell in enumerate(lesson.cells)
        if ("bet", question.name) in [(fold.kind, fold.name) for fold in folds(cell.source)]
        or (cell.cell_type == "code" and question.name in reveals_of(cell.source))
    ]
    assert opens
    assert max(opens) < min(asks, default=len(lesson.cells))


def test_an_explorer_that_answers_a_bet_is_folded_with_it():
    shown = reveal("twice-the-page", explore(scenes.UCurve(), page=8))
    data, metadata = shown._repr_mimebundle_()
    (fold,) = folds(data["text/html"])
    assert (fold.kind, fold.name) == ("bet", "twice-the-page")
    assert "waste" in fold.inside
    assert data["text/plain"] == repr(shown) == shown.explorer.readout
    assert metadata["image/png"]["width"] > 100
    live, explorer = shown.children
    assert isinstance(explorer, Explorer)
    assert '<details class="bet-twice-the-page"><summary>' in live.value
    bet("twice-the-page").place("the number of frames")
    again = reveal("twice-the-page", explore(scenes.UCurve(), page=8))
    assert '<details class="bet-twice-the-page" open>' in again.children[0].value


def test_a_bet_opens_what_follows_and_so_does_reading_on():
    assert " open>" not in reveal("one-page", 16384)._repr_html_()
    bet("one-page").place("8 bytes")
    assert " open>" in reveal("one-page", 16384)._repr_html_()
    assert " open>" not in reveal("sparse", 769)._repr_html_()
    other = bet("sparse")
    other.skip.click()
    assert " open>" in reveal("sparse", 769)._repr_html_()
    assert other.reply.opened == 1
    assert "sparse" not in placed


def test_a_bet_tells_those_who_listen():
    heard = []
    listeners.append(lambda: heard.append(dict(placed)))
    try:
        bet("one-page").place("8 bytes", "it is the entry")
    finally:
        listeners.pop()
    assert heard == [{"one-page": ("8 bytes", "it is the entry")}]


def test_a_saved_bet_shows_its_options_and_folds_its_replies():
    live, question = bet("one-page"), BETS["one-page"]
    data, _ = live._repr_mimebundle_()
    for option, reply in question.replies.items():
        assert f"<details><summary>{option}</summary><p>{inline(reply)}</p>" in data["text/html"]
        assert option in data["text/plain"]
        assert reply not in data["text/plain"]


def test_stress_in_a_reply_is_shown_as_such():
    live = bet("ten-copies")
    live.place("3000 MiB")
    assert "how much <em>address space</em> it takes" in live.reply.html
    for question in BETS.values():
        for said in (question.text, *question.replies.values()):
            assert "*" not in re.sub("<code.*?</code>", "", inline(said)), question.name


def test_what_is_revealed_keeps_its_own_form():
    class Table:
        def __repr__(self):
            return "a < b"

        def _repr_html_(self):
            return "<table></table>"

    assert repr(reveal("one-page", Table())) == "a < b"
    assert reveal("one-page", Table())._repr_html_().endswith("<table></table>\n</details>")
    assert "<pre>[&#x27;&lt;&#x27;]</pre>" in reveal("one-page", ["<"])._repr_html_()


@pytest.mark.parametrize(
    ("name", "replies", "truth", "message"),
    [
        ("x", {"a": "1", "b": "2"}, "c", "'c' is not among"),
        ("x", {"a": "1"}, "a", "needs 2 or more"),
        ("x", {"a": "1", "b": "1"}, "a", "the same reply"),
        ("Not so", {"a": "1", "b": "2"}, "a", "lower-case"),
    ],
)
def test_words_that_cannot_be_a_bet_are_refused(name, replies, truth, message):
    with pytest.raises(ValueError, match=message):
        Question(name, "Which?", replies, truth)


def test_an_unknown_bet_is_refused():
    with pytest.raises(ValueError, match="no bet 'one-pag'; there are"):
        bet("one-pag")
    with pytest.raises(ValueError, match="'five' is not among"):
        bet("one-page").place("five")


FOLD = '<details class="bet-{}"><summary>{}</summary>\n\nSixteen.\n\n</details>'


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (['bet("x")', 'bet("x")'], "bet 'x' is asked twice"),
        ([FOLD.format("x", "Counted? Then read on.").replace("bet-", "lab-")], "no lab 'x' stands"),
        (
            ["predict_first(host.Belady())", FOLD.replace("bet-{}", "lab-belady").format("Look.")],
            "the summary of a fold is 'Counted",
        ),
        (['reveal("x", 1)', 'bet("x")'], "no bet 'x' stands above"),
        ([FOLD.format("x", "Placed your bet? Then read on.")], "no bet 'x' stands above"),
        (['bet("x")', FOLD.format("x", "Sixteen:")], "the summary of a fold is"),
        (['bet("x")', FOLD.format("x", "Look.").replace("bet-", "")], "a fold is not"),
    ],
)
def test_an_author_who_folds_wrongly_is_told(tmp_path, cells, message):
    path = tmp_path / "04-x.md"
    text = "".join(
        f"\n\n+++\n\n{each}" if each.startswith("<") else f"\n\n```{{code-cell}}\n{each}\n```"
        for each in cells
    )
    path.write_text(
        "---\njupytext:\n  text_representation:\n    format_name: myst\n"
        "kernelspec:\n  display_name: x\n  name: python3\n---\n\n# x" + text
    )
    with pytest.raises(LessonError, match=message):
        Lesson.read(path)


# What can be computed is.


def tables(pages, stride):
    return sum(costs.tables_for_stride(X86_64, pages, stride))


def shared_tables():
    """Of the tables for two pages 2 MiB apart in one GiB, how many both walks go through."""
    one = tables(1, 4096)
    return str(2 * one - tables(2, 2 << 20))


def counted_huge():
    """Faults and memory of 64 MiB with both page sizes, as the huge-page lab predicts them."""
    return list(host.HugePages().prediction.predicted.values())


def room():
    """The least share of memory, in percent, that must be free before chance leaves 2 MiB."""
    free = (13, 50, *range(80, 100))  # the other answers, and all sizes near the least
    return min(
        n for n in free for seed in range(1, 13) if worn(seed, n, 0, False, 9).found is not None
    )


def better_doubled():
    """Of twice the ways and twice the sets, which never misses more in the five recordings."""
    pages = [recorded(name).data.vpn for name in ("sqlite", "cc1", "python", "gzip", "ls")]
    hits = [[int(lru_hits(each, *shape).sum()) for shape in ((16, 8), (32, 4))] for each in pages]
    never = [all(both[k] == max(both) for both in hits) for k in (0, 1)]
    (winner,) = (name for k, name in enumerate(("8 ways", "32 sets")) if never[k])
    return f"{winner}, for all five or as good as all"


def faults(frames, policy, pages):
    return simulate(pages, frames, policy).faults


def read_then_write():
    process = Kernel().spawn()
    area = process.mmap(1000 * 4096)
    return str(process.touch(area, "r")["minor"] + process.touch(area, "w")["minor"])


def without_any_right():
    process = Kernel().spawn()
    area = process.mmap(4096)
    process.write(area.start)
    process.mprotect(area, "")
    with pytest.raises(AccessError) as refused:
        process.write(area.start)
    return refused.value.outcome.flags


def parent_after_child():
    parent = Kernel().spawn()
    area = parent.mmap(1000 * 4096)
    parent.touch(area, "w")
    parent.fork().touch(area, "w", range(500))
    done = [parent.write(area.start + page * 4096) for page in range(1000)]
    copied = sum("a copy of its own" in each.reason for each in done)
    return f"{sum(each.kind == 'minor' for each in done)} fault, {copied} copy"


def stored_and_read():
    """What two processes read at one address, after each has stored its own number there."""
    memory = PhysicalMemory(frames=16)
    tables = [RadixTable(X86_64, memory) for _ in range(2)]
    for table, number in zip(tables, (1111, 2222), strict=True):
        table.map(0x5000, pfn=memory.alloc())
        memory.store(Mmu(table).translate(0x5000, "w").pa, number, width=2)
    read = [memory.load(Mmu(table).translate(0x5000).pa, width=2) for table in tables]
    return "the first {:,}, the second {:,}".format(*read)


def code_of_ten():
    """Frames of 300 pages of code that ten processes execute."""
    kernel = Kernel(ram="64 MiB")
    program, frames = kernel.file("program", bytes(300 * 4096)), set()
    for process in [kernel.spawn() for _ in range(10)]:
        area = process.mmap(300 * 4096, "rx", file=program)
        process.touch(area, "x")
        pages = range(area.start, area.end, 4096)
        frames |= {process.space.table.walk(va).pa for va in pages}
    return f"{len(frames)} MiB"


def a_tebibyte():
    process = Kernel(ram="16 MiB").spawn()
    before = process.counters
    process.mmap(1 << 40)
    change = process.counters - before
    assert change.VmSize == 1 << 30  # KiB
    return "it gets addresses, and no memory" if change.VmRSS == 0 else "it gets memory"


def without_tables():
    """What program 1 sees without page tables, against both pictures and against program 2."""
    with_, without = (two_programs._state(7, tables).seen for tables in (True, False))
    assert not np.array_equal(without[0], with_[0])
    assert not np.array_equal(without[0], with_[1])
    return f"the {'same' if np.array_equal(*without) else 'other'} jumble as program 2"


def distances():
    """How far apart in memory two addresses can be that differ by a page."""
    memory = PhysicalMemory(frames=1 << 11)
    table, found = LinearTable(PagingMode("two pages", (1,), 12, X86_64.pte), memory), set()
    for one, other in itertools.product(range(8), repeat=2):
        table.map(0, pfn=one)
        table.map(4096, pfn=other)
        found.add(abs(table.walk(0xE48).pa - table.walk(4096 + 0xE48).pa))
        table.unmap(0)
        table.unmap(4096)
    assert found == {n * 4096 for n in range(8)}
    return "any multiple of 4096 bytes, zero included"


def doubled():
    """What grows twofold with the page: the mean over segments of every length up to 1 MiB."""
    lengths = np.arange(1, (1 << 20) + 1)
    pages = [(-(-lengths // page)).mean() for page in (4096, 8192)]
    waste = [(-lengths % page).mean() for page in (4096, 8192)]
    grown = {
        "what a segment wastes at its end, on average": waste[1] / waste[0],
        "the number of frames": pages[1] / pages[0],
    }
    (twofold,) = (name for name, ratio in grown.items() if ratio == pytest.approx(2, abs=0.01))
    return twofold


def tables_of(gib):
    """Add up the last-level tables of so many GiB, in bytes."""
    return costs.tables_for_regions(X86_64, [(0, gib << 30)])[-1] * 4096


def mapped_in_pieces():
    """Map an area in memory of which every other frame is free; the limits are met elsewhere."""
    kernel = Kernel(ram="4 MiB")
    held = [kernel.memory.alloc() for _ in range(kernel.memory.free_frames - 8)]
    for frame in held[::2]:
        kernel.memory.free(frame)
    area = kernel.spawn().mmap(1 << 20)
    return "the free memory lies in single pages" if area.length == 1 << 20 else "none of them"


COMPUTED = {
    "no-tables": without_tables,
    "same-address": stored_and_read,
    "ten-copies": code_of_ten,
    "one-tebibyte": a_tebibyte,
    "one-gib-too-many": lambda: f"about {(16 * 80 + 140_000) / 17 / 80 // 10 * 10:.0f} times",
    "faults": lambda: "{:,} and {}".format(*counted_huge()[:2]),
    "bloat": lambda: f"{counted_huge()[-1] // 1024} MiB",
    "room": lambda: f"{room()} % or more",
    "sixty-five": lambda: "none" if not lru_hits(loop(65, 6500), 1, 64).sum() else "some",
    "ways-or-sets": better_doubled,
    "switch": lambda: (
        f"about {misses(4, 10_000, asids=False) / misses(4, 10_000, asids=True):.0f} times as many"
    ),
    "read-then-write": read_then_write,
    "prot-none": without_any_right,
    "parent-writes": parent_after_child,
    "one-bit": lambda: "{:.0f} % more".format(
        100
        * faults(32, "clock", recorded("gzip").data.vpn)
        / faults(32, "lru", recorded("gzip").data.vpn)
        - 100
    ),
    "one-more-frame": lambda: str(faults(4, "fifo", host.BELADY)),
    "four-gib": lambda: binary(costs.linear_table_bytes(32, page_shift=0, pte_bytes=4)),
    "half-an-entry": lambda: (
        f"half the table, and entries that point to {binary(256**2)}"
        if 2 * costs.linear_table_bytes(32, 0, 2) == costs.linear_table_bytes(32, 0, 4)
        else "not half the table"
    ),
    "one-page-apart": distances,
    "twice-the-page": doubled,
    "one-page": lambda: f"{4 * tables(1, 4096)} KiB",
    "two-megabytes": shared_tables,
    "everybodys-tables": lambda: f"{500 * tables_of(16) / 2**30:.1f} GiB",
    "fork-copies": lambda: binary(tables_of(24)),
    "no-memory": mapped_in_pieces,
    "sparse": lambda: (
        "the 256 lonely pages"
        if tables(256, 512 << 30) > tables(1 << 18, 4096)
        else "1 GiB in one piece"
    ),
}


@pytest.mark.parametrize("name", COMPUTED)
def test_the_right_answer_is_the_computed_one(name):
    assert BETS[name].truth == COMPUTED[name]()
