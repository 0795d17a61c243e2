"""What did you see? Each question is right wherever its picture stands, and tells nothing else."""

import random
import re
from functools import cache

import pytest
from matplotlib.figure import Figure

from coursework.builder import Lesson
from pagesim import X86_64, explore, scenes, seen
from pagesim.explorer.explorer import latest
from pagesim.explorer.position import settled
from pagesim.explorer.seen import asked
from pagesim.explorer.sights import SIGHTS
from pagesim.replacement import simulate
from pagesim.scenes import Address, Choice, Hidden, Slider, Toggle
from pagesim.scenes.replacement.reference_strings import string_of

from .test_bets import LESSONS

ASKED = asked()
NUMBERS = [each.name for each in ASKED.values() if each.unit]
TASKS = [each.name for each in ASKED.values() if not each.unit]
# Read off the picture of the lesson, which costs half a minute for each of the others.
ONLY = {"ways-to-blame": {"program": "gzip", "page": "4 KiB"}}
# Where chance does not come often enough.
ALSO = {
    "half-a-map": [{"va_bits": 40, "pa_bits": 50}, {"va_bits": 32, "pa_bits": 34}],
    "equal-prices": [{"segment": 20}, {"segment": 21}, {"segment": 16, "page": 10}],
    "second-refusal": [
        {"va": 0x7F7A_1C6D_5E48}, {"va": 0x7F7A_1C6D_5E48, "step": 1}, {"va": 0}, {"levels": 5},
    ],
    "heavier-than-data": [{"pattern": "one page per 1 GiB", "pages": n} for n in (5, 6)],
    "compacted-in-vain": [
        {"free": free, "pinned": pinned, "compact": compact, "order": order}
        for free, pinned, compact, order in (
            (75, 20, True, 9), (50, 20, False, 9), (50, 0, True, 9), (49, 0, True, 9),
            (99, 0, True, 8),
        )
    ],
    "ways-to-blame": [{"entries": 6, "ways": 0}, {"entries": 5, "ways": 4}],
    "twenty-at-once": [
        {"processes": 20, "pages": pages, "admit": admit}
        for pages in (6, 7) for admit in (False, True)
    ],
    "to-the-disk": [
        {"state": "in swap"}, {"mapping": "PROT_NONE"}, {"access": "read"},
        {"access": "execute", "mode": "kernel mode"},
    ],
    "first-touches": [{"step": n} for n in (2, 3, 4, 5, 8, 15)],
}  # fmt: skip


def numbers(pattern, readout):
    found = re.search(pattern, readout)
    assert found, readout
    return [int(each.replace(",", "")) for each in found.groups()]


def mebibytes(text):
    number, unit = text.split()
    return float(number) / {"KiB": 1024, "MiB": 1}[unit]


def of_sharing(readout, **_):
    many, each, taken = numbers(r"(\d+) process\w* of (\d+) MiB takes? (\d+) MiB", readout)
    return many * each - taken


def of_growth(readout, **_):
    mapped = re.search(r"(\d+) mmap", readout)
    return numbers(r"(\d+) calls? of brk", readout)[0] + (int(mapped[1]) if mapped else 0)


def of_touches(readout, *, string, seed, step, **_):
    pages = string_of(string, seed)
    return int((simulate(pages, len(pages), "fifo").fault_at < step).sum())


def of_room(readout, *, compact, order, **_):
    free = mebibytes(re.search(r": ([\d.]+ \w+) of 16 MiB are free", readout)[1])
    return "no 2 MiB in one piece" in readout and free >= 8 and compact


def of_ways(readout, **_):
    missed, least = numbers(r"\. ([\d,]+) of .* would be ([\d,]+),", readout)
    return missed >= 10 * least


def of_crowd(readout, *, processes, **_):
    running, faults = re.search(r"(\d+) running: (\S+) faults", readout).groups()
    return int(running) == processes >= 20 and faults == "0"


def of_tables(readout, *, pages, **_):
    return numbers(r"need ([\d,]+) tables?,", readout)[0] >= 2 << pages and pages >= 6


def of_prices(readout, *, segment, **_):
    table, waste = re.search(r": (.*) of table \+ (.*) of waste", readout).groups()
    return table == waste and segment not in (20, 34)


# What the picture says, read and put together in another way than by the model.
READ = {
    "saved-by-sharing": of_sharing,
    "half-a-map": lambda readout, *, va_bits, pa_bits, entry: (
        va_bits >= 32 and entry * 2 ** (va_bits + 1) <= 2**pa_bits
    ),
    "equal-prices": of_prices,
    "second-refusal": lambda readout, *, levels, **_: (
        levels == 4 and "Page fault after 2 reads" in readout
    ),
    "heavier-than-data": of_tables,
    "compacted-in-vain": of_room,
    "copied-unwritten": lambda readout, **_: (
        2048 - 4 * numbers(r"are copied in ([\d,]+) fault", readout)[0]
    ),
    "one-entry-more": lambda readout, *, size, **_: numbers(
        r"entries: (\d+), (\d+), (\d+), (\d+), (\d+)", readout
    )[min(size, 4)],
    "ways-to-blame": of_ways,
    "calls-to-grow": of_growth,
    "frames-since-fork": lambda readout, **_: numbers(r"(\d+) frames", readout)[0] - 40,
    "to-the-disk": lambda readout, **_: readout.startswith("Major fault"),
    "first-touches": of_touches,
    "twenty-at-once": of_crowd,
}


def opening(name):
    """The explorer of the lesson, opened as there."""
    cells = Lesson.read(LESSONS[ASKED[name].notebook]).cells
    at = next(n for n, cell in enumerate(cells) if cell.source == f'seen("{name}")')
    call = re.search(r"explore\(.*?\)(, [^)]*)?\)", cells[at - 1].source)[0]
    return eval(call, {"explore": explore, "scenes": scenes})


def ends(control):
    match control:
        case Slider():
            return control.low, control.high
        case Choice():
            return control.options
        case Toggle():
            return False, True
        case Address():
            return 0, (1 << control.bits) - 1
        case Hidden():
            return (control.value,)


@cache
def looked_at(name):
    """Twenty positions and more, both ends of each control among them, and what is read there."""
    scene, rng = SIGHTS[name][0](), random.Random(name)
    start = {each: control.value for each, control in scene.controls.items()}
    moves = [{each: end} for each, control in scene.controls.items() for end in ends(control)]
    moves += ALSO.get(name, [])
    while len(moves) < 20:
        moves.append(
            {
                each: rng.randint(control.low, control.high)
                if isinstance(control, Slider)
                else rng.choice(ends(control))
                for each, control in scene.controls.items()
            }
        )
    scene.build(Figure(figsize=scene.size))  # the finding is enough; nothing is painted
    found = []
    for move in moves:
        values = settled(scene, start, {**move, **ONLY.get(name, {})})
        found.append((values, scene.update(**values).readout, SIGHTS[name][1](**values)))
    return found


def test_every_question_follows_its_picture_and_stands_in_its_lesson():
    for number, path in LESSONS.items():
        cells = [cell.source for cell in Lesson.read(path).cells]
        names = [name for cell in cells for name in re.findall(r'seen\("(.*?)"\)', cell)]
        assert names == [each.name for each in ASKED.values() if each.notebook == number]
        for name in names:
            before = cells[cells.index(f'seen("{name}")') - 1]
            assert f"explore(scenes.{SIGHTS[name][0].__name__}()" in before
            bare = f"scenes.{SIGHTS[name][0].__name__}()"
            assert sum(cell.count(bare) for cell in cells) == 1, "which of two is asked about?"
    assert ASKED.keys() == SIGHTS.keys() == READ.keys()


@pytest.mark.parametrize("name", NUMBERS)
def test_the_number_is_what_the_picture_shows_wherever_it_stands(name):
    told = [
        (sight.answer, READ[name](readout, **values)) for values, readout, sight in looked_at(name)
    ]
    assert len(told) >= 20
    assert [one for one in told if one[0] != one[1]] == []
    assert len({answer for answer, _ in told}) >= 5, "each position has a number of its own"


@pytest.mark.parametrize("name", TASKS)
def test_a_task_is_done_where_the_picture_says_so_and_nowhere_else(name):
    told = [
        (values, sight.answer, bool(READ[name](readout, **values)))
        for values, readout, sight in looked_at(name)
    ]
    assert len(told) >= 20
    assert [one for one in told if (one[1] == "yes") != one[2]] == []
    assert {answer for _, answer, _ in told} == ASKED[name].replies.keys(), "each reply is given"


@pytest.mark.parametrize("name", ASKED)
def test_every_reply_names_what_the_position_has(name):
    for _, _, sight in looked_at(name)[:40]:
        which = [sight.answer] if isinstance(sight.answer, str) else ["yes", "no"]
        for each in which:
            said = ASKED[name].replies[each].format(said="77", **sight.facts)
            assert said[-1] in ".?"
            assert "{" not in said
            if each == "no" and isinstance(sight.answer, int):
                assert f"{sight.answer:,}" not in re.findall(r"[\d,]*\d", said) or name in (
                    "one-entry-more",
                    "frames-since-fork",
                )


@pytest.mark.long
@pytest.mark.parametrize("name", ASKED)
def test_a_learner_moves_is_answered_and_may_be_shown(name):
    latest.clear()
    question = seen(name)
    assert question.answer(1) == "Run the cell with the picture first; the answer is taken from it."
    picture = opening(name)
    assert question.answer(1).startswith("Move the picture above first")
    before = dict(picture.values)
    assert SIGHTS[name][1](**before).answer != "yes"
    question.skip.click()
    if name in TASKS:
        assert question.reply.verdict == "There it is."
        assert picture.values != before
        assert question.answer()
        assert question.reply.verdict == "✓ Yes."
        picture.undo()
        assert picture.values == before
        return
    assert picture.values == before
    moved, _, sight = next(one for one in looked_at(name) if one[2].answer and one[0] != before)
    picture.move(**{each: moved[each] for each in before if each not in ("moved",)})
    sight = SIGHTS[name][1](**picture.values)
    question.answer(sight.answer + 1)
    assert question.reply.verdict == "✗ Not so."
    assert question.reply.words.startswith(f"Not {sight.answer + 1:,}.")
    question.answer(sight.answer)
    assert question.reply.verdict == "✓ Yes."


def test_what_is_no_number_is_said_so_and_the_picture_run_last_counts():
    latest.clear()
    first, question = explore(scenes.CowShares()), seen("frames-since-fork")
    assert question.button.disabled
    first.move(children=1)
    question.number.value = "ten"
    assert not question.button.disabled
    question.button.click()
    assert question.reply.words == "'ten' is not a number; write digits, as in 4096."
    question.answer(10)
    assert question.reply.verdict == "✓ Yes."
    explore(scenes.CowShares()).move(children=2)  # its cell was run again
    question.answer(10)
    assert question.reply.verdict == "✗ Not so."


def test_a_picture_that_was_given_something_is_not_the_one_asked_about():
    latest.clear()
    explore(scenes.AddressBits(X86_64))
    assert latest == {}


@pytest.mark.parametrize("name", ASKED)
def test_a_saved_question_holds_no_reply(name):
    data, _ = seen(name)._repr_mimebundle_()
    assert data["text/plain"] == f"What did you see? {ASKED[name].question}"
    assert "In a notebook that runs" in data["text/html"]
    for reply in ASKED[name].replies.values():
        assert reply[:20] not in data["text/html"]


def test_an_unknown_question_is_refused():
    with pytest.raises(ValueError, match="no question 'x' about a picture; there are saved-by"):
        seen("x")
