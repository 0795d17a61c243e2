"""What the five pages of a shift have in common: an incident of a family, and three questions.

The letters are dealt anew for each learner. The machine is built only when somebody looks at it, or
has chosen wrongly: then it says what contradicts the choice, or is run again with it.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from pagesim.incidents import FAMILIES, INCIDENTS, MECHANISMS, of_family, reopen

from ...kinds import Data

CAUSES, FIXES = "abcde", "pqrs"
FORM = {"cause": tuple(CAUSES), "number": int, "fix": tuple(FIXES)}
LOOK = {
    "cause": "Which counter would have to be large if that were so?",
    "number": "Which numbers of the question does your diagnosis need?",
    "fix": "What does it change about what you diagnosed?",
}
START = (
    "Read the evidence with one question: of what is there much too much? Then ask each candidate "
    "which counter it would have moved."
)


def drawing(family: str) -> Callable[[Random], Data]:
    """Return what draws a learner's case of a family."""

    def draw(rng: Random) -> Data:
        incident = rng.choice(of_family(family))
        facts = incident.draw(rng)
        causes = rng.sample(FAMILIES[family], len(CAUSES))
        fixes = rng.sample(list(incident.settings), len(FIXES))
        return {
            "incident": incident.name,
            "facts": facts,
            "causes": dict(zip(causes, CAUSES, strict=True)),
            "fixes": dict(zip(fixes, FIXES, strict=True)),
            "numbers": list(incident.numbers(facts)),
            "slips": incident.slips(facts),
        }

    return draw


def text(data: Data) -> str:
    """Put the page, the candidates, the question and the settings into words."""
    incident, facts = INCIDENTS[data["incident"]], data["facts"]
    causes = "\n\n".join(
        f"{letter}: {MECHANISMS[key].words}" for key, letter in data["causes"].items()
    )
    fixes = "\n\n".join(
        f"{letter}: {incident.settings[key]}" for key, letter in data["fixes"].items()
    )
    return (
        f'{incident.alert(facts)}\n\nWhat is the "cause"?\n\n{causes}\n\n'
        f'Then the "number". {incident.question(facts)}\n\n'
        f'And which one is the "fix"?\n\n{fixes}'
    )


def solve(data: Data, *, slip: str = "") -> Data:
    """Answer as the incident has it; the number as a slip has it, if there is one."""
    incident = INCIDENTS[data["incident"]]
    number = data["slips"][slip] if slip else incident.number(data["facts"])
    return {
        "cause": data["causes"][incident.mechanism],
        "number": number,
        "fix": data["fixes"][incident.cure],
    }


def locate(data: Data, key: str, expected: Any, got: Any) -> str:
    """Answer a wrong choice with what the machine says to it."""
    case = reopen(data)
    if key == "cause":
        cause = _key(data["causes"], got)
        said = f"The evidence contradicts {got}. {case.against(cause)}"
        if any(herring.towards == cause for herring in case.herrings):
            said += (
                " What somebody noticed, and what points there, is so; this is why it is not it."
            )
        return said
    if key == "fix":
        before = case.rerun("").score
        after = case.rerun(_key(data["fixes"], got)).score
        return (
            f"The machine was run again with {got}. {case.incident.measured}: {before:,} "
            f"before, {after:,} now."
        )
    return ""


def _key(letters: dict[str, str], letter: str) -> str:
    return next(key for key, each in letters.items() if each == letter)
