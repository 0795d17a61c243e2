"""The class's own pagers against each other, under names that their authors chose.

A policy is asked at each fault, and told the past alone: what comes next is not in the box, and
what becomes of its answer is worked out here. So nobody can look ahead, nor count for themselves.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from pagesim.replacement import simulate
from pagesim.replacement.contest import Program, programs, scale
from pagesim.replacement.own import Evict, NotResident, decide

from ..attempt import Raised
from .box import Box
from .limits import Limits
from .paper import Paper
from .process import Boxed, Broken
from .report import plain_text
from .talk import NoNotebook, Talk, own_problems

NOTEBOOK = "09"
_PAGER = "pager"  # what `inside.front` calls it, beside the exercises
_LONGEST = 24  # characters of a nickname


@dataclass(frozen=True)
class Ranked:
    """A policy in the contest.

    Parameters
    ----------
    nickname : str
        Empty if it takes no part.
    score : float or None
        The mean over five programs, from FIFO (0) to OPT (100); None if it has not played to the
        end.
    note : str
        Why not, or nothing.
    """

    nickname: str
    score: float | None = None
    note: str = ""


class _Out(Exception):
    """A policy gave no answer."""


def contest_seed(secret: bytes) -> str:
    """Return what the programs of a class are drawn from: the same for all, and seen by nobody."""
    return hmac.digest(secret, b"pager", hashlib.sha256).hex()[:12]


def play(paper: Paper, box: Box, kit: Path, limits: Limits) -> Ranked:
    """Let the policy of one submission play, if its author has given it a nickname.

    Each question is put to a copy of it: what the function itself remembers is not there the next
    time, and all that was used so far is.

    Parameters
    ----------
    paper : Paper
        Its one seed is that of the contest.
    box : Box
    kit : Path
    limits : Limits

    Raises
    ------
    NoBox
        If the box does not start.
    """
    problems = own_problems(NOTEBOOK, paper.student)
    with Boxed(box, kit, limits) as boxed:
        talk = Talk(boxed, limits, problems, time.monotonic() + limits.total_seconds)
        try:
            found = talk.execute(paper.content, [])
        except (Broken, NoNotebook):
            return Ranked("")
        nickname = _legible(talk.nickname)
        if not nickname or _PAGER not in found:
            return Ranked("")

        def evict(resident: list[int], history: list[int]) -> int:
            heard = talk.ask(_PAGER, [[resident, history]])
            answer = heard[0] if heard else Raised("Died")
            if isinstance(answer, Raised):
                raise _Out(answer.kind)
            page: int = answer  # or whatever it is: `decide` looks
            return page

        (seed,) = paper.seeds
        try:
            score = fmean(_score(each, evict) for each in programs(int(seed, 16)))
        except NotResident:
            return Ranked(nickname, None, "named a page that is not in memory")
        except _Out as why:
            return Ranked(nickname, None, f"gave no answer ({why})")
        return Ranked(nickname, score)


def ranking(played: Iterable[Ranked]) -> str:
    """Return a table of those who take part, the best first, and no student's name.

    >>> print(ranking([Ranked("clock", 40.0), Ranked(""), Ranked("=oracle", 71.26)]), end="")
    place,nickname,score,note
    1,'=oracle,71.3,
    2,clock,40.0,
    """
    taking_part = sorted(
        (each for each in played if each.nickname),
        key=lambda each: (each.score is None, -(each.score or 0), each.nickname),
    )
    scores = [each.score for each in taking_part if each.score is not None]
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("place", "nickname", "score", "note"))
    for each in taking_part:
        place = score = ""
        if each.score is not None:
            place = str(1 + sum(other > each.score for other in scores))
            score = f"{each.score:.1f}"
        table.writerow((place, plain_text(each.nickname), score, each.note))
    return text.getvalue()


def _score(program: Program, evict: Evict) -> float:
    own = decide(evict, program.pages, program.frames).faults
    fifo, opt = (simulate(program.pages, program.frames, each).faults for each in ("fifo", "opt"))
    return scale(own, fifo, opt)


def _legible(nickname: str) -> str:
    """Return what can be read of a nickname, on one line.

    >>> _legible("ada\\n\\x00" + "a" * 99)
    'adaaaaaaaaaaaaaaaaaaaaaa'
    """
    return "".join(each for each in nickname if each.isprintable())[:_LONGEST].strip()
