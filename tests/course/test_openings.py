"""Where a question introduces a picture, the picture does not answer it before it is moved."""

import ast
import re
from functools import cache

import pytest

from ..lessons import LESSONS, lesson
from ..scenes.seen import words
from .reading import opened

# every picture is moved as its lesson does, and is made where all words are gathered
pytestmark = [pytest.mark.xdist_group("reading"), pytest.mark.long]

# In the order of the lessons: notebook and scene; words that answer the question before it; and a
# move after which they are there.
ANSWERS = [
    ("00", "TwoPrograms", "neither program notices", {"shuffle": 10}),
    ("01", "BeforePaging", "there is no room for 12", {"step": 20}),
    ("01", "OneRam", "920 MiB", {"shared": 6}),
    ("01", "Cliff", r"slower|\d µs\.", {"working": 18}),
    ("01", "NumaNodes", "110 ns", {"first": "one thread, all of it"}),
    ("02", "ByteMachine", "entry 38 says", {"address": 38}),
    ("02", "MapTerritory", "4 times as much", {"va_bits": 32, "pa_bits": 32, "entry": 4}),
    ("02", "ByteMachine", "8 pieces of news", {"run": 3}),
    ("02", "Granularity", r"\d KiB wasted", {"piece": 12}),
    ("03", "PageBits", "pass through untouched", {"page_shift": 13}),
    ("03", "PteDecoder", "dirty;|marks the page dirty", {"writable": True}),
    ("03", "UCurve", "the least there is", {"page": 12}),
    ("03", "AlmostEmpty", "one in (?:[1-9]|[1-9][0-9])[,;.]|21 of", {"zoom": 4}),
    ("03", "FrameScatter", "neighbour", {"page": 200}),
    ("04", "BuildTree", "5 pieces|5 of", {"step": 2}),
    ("04", "AddressBits", r"2 MiB", {"pmd": 228}),
    ("04", "RadixWalk", "[Ff]our reads", {"step": 5}),
    ("04", "TablePrice", "times as much", {"pattern": "one page per 512 GiB"}),
    ("04", "DesignTable", "2 reads per walk", {"bits": 18}),
    ("05", "StopEarly", "PS = 1|[Tt]hree reads", {"page": "2 MiB"}),
    ("05", "HugeTrade", "512 times fewer", {"touched": 9}),
    ("05", "NoRoom", "2 MiB are in one piece", {"free": 98, "compact": True}),
    ("05", "LargeCopy", "equal at|141", {"pages": 150}),
    ("06", "InsideTlb", "fully associative|compared with 8 entries", {"ways": 3}),
    ("06", "LruStack", "A lies at position 0", {"step": 14}),
    ("06", "Inclusion", "lacks what a smaller one", {"step": 7}),
    ("06", "MissCurve", "2 MiB pages", {"page": "2 MiB"}),
    ("06", "Bill", "47.5", {"work": "random reads in 1 GiB"}),
    ("06", "Switching", "7.08", {"processes": 2}),
    ("06", "MissCurve", "2 MiB pages", {"page": "2 MiB"}),
    ("06", "MissCurve", "2 MiB pages", {"page": "2 MiB"}),
    ("06", "Knee", "2.2 times", {"pages": 8}),
    ("07", "OwnSpace", "shows 1 MiB around", {"window": 20}),
    ("07", "AddressStrip", "MAPERR", {"at": 0}),
    ("07", "Growth", "3 calls of brk|8 mmap|mmap from 128 KiB|limit", {"count": 3}),
    ("07", "TwoModes", "kernel mode: .*allowed|in kernel mode", {"mode": "kernel"}),
    ("07", "AddressStrip", "EFAULT", {"mode": "kernel"}),
    ("07", "ForkExec", "not one page of memory", {"step": 1}),
    ("08", "CowShares", "10 of the parent", {"parent": True}),
    ("08", "FaultDecision", "SIGSEGV ACCERR: the area", {"mapping": "PROT_NONE"}),
    ("08", "ProgramLife", "major fault", {"step": 9}),
    ("08", "FaultPrice", "doubles|times as long$|1,750", {"rate": 6}),
    ("09", "WhoLeaves", "the hand, and nothing else", {"policy": "FIFO"}),
    ("09", "BeladyCurve", "9 times, 4 frames 10|[Bb]elady's anomaly", {
        "string": "Belady's", "frames": 4,
    }),
    ("09", "EvictionCost", "nothing is written", {"life": "only read"}),
    ("09", "Thrashing", "917|fit into RAM", {"processes": 14}),
    ("09", "PagerReplay", "nobody hears", {"step": 20}),
    ("09", "WhoLeaves", "what is to come|accesses until", {"policy": "OPT"}),
    ("10", "SharedTables", "500 processes", {"clients": 10}),
    ("10", "TwoLimits", "mmap fails", {"asked": 80}),
    ("10", "ForkWrites", "of 1 GiB are copied", {"seconds": 20}),
    ("10", "TwoCauses", "Not by RSS", {"step": 12}),
    *[("10", "Rerun", "With p", {"setting": "p"})] * 7,
]  # fmt: skip


def explorers():
    """Every explorer of the lessons: notebook, scene, where its controls start."""
    for number in LESSONS:
        for cell in lesson(number).cells:
            if cell.cell_type != "code":
                continue
            for node in ast.walk(ast.parse(cell.source)):
                match node:
                    case ast.Call(ast.Name("explore"), [ast.Call(ast.Attribute(_, name))], keys):
                        starts = {each.arg: ast.literal_eval(each.value) for each in keys}
                        yield number, name, starts


@cache
def shown_in_lessons():
    return list(explorers())


def test_every_explorer_of_the_lessons_is_asked():
    assert [one[:2] for one in shown_in_lessons()] == [one[:2] for one in ANSWERS]


@pytest.mark.parametrize("number", range(len(ANSWERS)), ids=lambda n: "-".join(ANSWERS[n][:2]))
def test_a_picture_does_not_answer_before_it_is_moved(number):
    _, name, answer, move = ANSWERS[number]
    shown = opened(name, shown_in_lessons()[number][2])

    def said():
        cells = (
            cell
            for table in shown.scene.tabulate(**shown.values)
            for row in [[table.caption], *table.rows]
            for cell in row
        )
        return "\n".join([shown.readout, *words(shown.stage), *cells])

    pattern = re.compile(answer, re.MULTILINE)
    assert not pattern.search(said()), pattern.search(said())[0]
    shown.move(**move)
    assert pattern.search(said()), said()
