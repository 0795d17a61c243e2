"""The simulator predicts Linux: the same programs, run by both, cost the same at every step.

Minor and major faults, resident memory and the size of page tables must be equal, as root and as an
ordinary user. What this machine cannot run is skipped, with the reason.
"""

import os
from functools import cache
from pathlib import Path

import pytest

from pagesim.host import Permissions, Unavailable
from pagesim.host.helper import in_helper
from pagesim.host.programs import check, count
from pagesim.kernel import AccessError, Kernel
from pagesim.kernel.program import predict
from pagesim.kernel.steps import (
    Advise,
    File,
    Fork,
    Lock,
    Map,
    Program,
    Protect,
    Reading,
    Stack,
    Touch,
    Unlock,
    Unmap,
    decode,
    encode,
)

from ..samples import some
from . import counted_as, random_programs
from .fault_programs import PROGRAMS

# they share what is counted, and take long
pytestmark = [pytest.mark.xdist_group("prediction"), pytest.mark.long, pytest.mark.sampled]

PAGE = 4096
RANDOM = tuple(random_programs.draw(seed) for seed in some(range(40)))
BOTH = PROGRAMS + RANDOM


def obstacle(program):
    try:
        check(program)
    except (Unavailable, OSError) as why:
        return str(why)
    return ""


@pytest.fixture(scope="module", params=["root", pytest.param("nobody", marks=pytest.mark.long)])
def user(request):
    """Who runs the programs: both, if this is root, else whoever this is."""
    if not os.geteuid():
        return request.param
    if request.param == "root":
        pytest.skip("this is not root")
    return "self"


def counts_of(programs, user):
    """Count programs one after the other in one helper process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
        steps = [encode(program.steps) for program in programs]
        try:
            rows = in_helper(counted_as.count_all, steps, user, timeout=300)
        except Unavailable as why:
            pytest.skip(str(why))
    return [tuple(Reading(**row) for row in readings) for readings in rows]


@pytest.fixture(scope="module")
def counted(user):
    """What Linux counts for each program, by its name."""
    runnable = [program for program in BOTH if not obstacle(program)]
    names = [program.name for program in runnable]
    return dict(zip(names, counts_of(runnable, user), strict=True))


@cache
def predicted_for(program):
    """Predict once, for both users."""
    return predict(program)


@pytest.mark.parametrize("program", BOTH, ids=lambda program: program.name)
def test_linux_counts_what_the_simulator_predicts(program, user, counted):
    if program.name not in counted:
        pytest.skip(obstacle(program))
    predicted = predicted_for(program)
    for _ in range(3):  # noise does not strike again and again in the same place
        if counted[program.name] != predicted:
            counted[program.name] = counts_of([program], user)[0]
    assert counted[program.name] == predicted


def test_there_are_programs_for_every_kind_of_fault():
    assert len({program.name for program in PROGRAMS}) == len(PROGRAMS) >= 20
    used = {type(step) for program in PROGRAMS for step in program.steps}
    assert used == {Map, Touch, Advise, Protect, Lock, Unlock, Unmap, File, Fork, Stack}


@pytest.mark.parametrize("program", BOTH, ids=lambda program: program.name)
def test_a_program_survives_the_way_through_json(program):
    import json

    assert decode(json.loads(json.dumps(encode(program.steps)))) == program.steps


def test_one_program_counted_by_itself():
    program = Program("write", (Map("a", 64), Touch("a", "w")))
    if obstacle(program):
        pytest.skip(obstacle(program))
    assert count(program) == predict(program)


def test_pages_that_an_area_does_not_have_are_refused():
    with pytest.raises(ValueError, match=r"page 9 is outside 0\.\.7"):
        predict(Program("too far", (Map("a", 8), Unmap("a", range(4, 10)))))
    with pytest.raises(ValueError, match="are not a run of pages"):
        predict(Program("gaps", (Map("a", 8), Unmap("a", range(0, 8, 2)))))


# -- signals ---------------------------------------------------------------------------------------


def simulated_signals():
    """Do in the simulator what the lab `Permissions` does for real, case by case."""
    kernel = Kernel()
    process = kernel.spawn()
    read_only, none, data = (process.mmap(PAGE) for _ in range(3))
    for area in (read_only, none, data):
        process.write(area.start)
    process.mprotect(read_only, "r")
    process.mprotect(none, "")
    untouched = process.mmap(PAGE, "r")
    empty = process.mmap(2 * PAGE, kind="shared", file=kernel.file("short", b"", on_disk=False))
    code = next(area for area in process.areas if area.role == "library").start
    process.exec(code)
    read, write = process.read, process.write
    for name, access, va in (
        ("load from a read-only page", read, read_only.start),
        ("store to it", write, read_only.start),
        ("store to a read-only page never touched", write, untouched.start),
        ("load from a page that became PROT_NONE", read, none.start),
        ("load at NULL", read, 0),
        ("store at NULL", write, 0),
        ("load where nothing is mapped", read, 0x1000_0000_0000),
        ("store to the C library's code", write, code),
        ("jump to data", process.exec, data.start),
        ("load at a kernel address", read, 0xFFFF_FFFF_8100_0000),
        ("store at a kernel address", write, 0xFFFF_FFFF_8100_0000),
        ("load behind the end of a mapped file", read, empty.start),
        ("load at a non-canonical address", read, 0x8000_0000_0000_0000),
    ):
        try:
            access(va)
        except AccessError as error:
            code = error.si_code.removeprefix("SEGV_").removeprefix("BUS_")
            detail = error.outcome.flags if error.error_code is not None else "trap 13"
            yield name, f"{error.outcome.kind} {code}, {detail}"
        else:
            yield name, "no fault"


def test_signals_and_error_codes_are_those_of_this_machine():
    report = Permissions().measure()
    if not report.live:
        pytest.skip(report.note)
    simulated = dict(simulated_signals())
    assert simulated == {name: report.counted[name] for name in simulated}
    assert len(simulated) == 13
