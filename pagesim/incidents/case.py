"""A case: an incident with its numbers, whose machine is built when somebody looks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache
from html import escape
from random import Random
from typing import Any

from .areas import AREAS
from .buffers import BUFFERS
from .cold_file import COLD_FILE
from .contradictions import Observation
from .evidence import Evidence
from .first_touch import FIRST_TOUCH
from .fork_tables import FORK_TABLES
from .hash_join import HASH_JOIN
from .huge_copies import HUGE_COPIES
from .idle_pool import IDLE_POOL
from .incident import Facts, Herring, Incident, Run
from .limit import LIMIT
from .mechanisms import FAMILIES, MECHANISMS
from .no_block import NO_BLOCK
from .one_more import ONE_MORE
from .one_node import ONE_NODE
from .sga import SGA
from .unmeant import UNMEANT

INCIDENTS: dict[str, Incident] = {
    each.name: each
    for each in (
        BUFFERS,
        SGA,
        IDLE_POOL,
        FORK_TABLES,
        HUGE_COPIES,
        UNMEANT,
        FIRST_TOUCH,
        COLD_FILE,
        HASH_JOIN,
        NO_BLOCK,
        ONE_MORE,
        ONE_NODE,
        AREAS,
        LIMIT,
    )
}


def of_family(family: str) -> list[Incident]:
    """List the incidents whose mechanism is a candidate of a family.

    Raises
    ------
    ValueError
        If there is no such family.
    """
    if family not in FAMILIES:
        raise ValueError(f"family {family!r} is none of {', '.join(FAMILIES)}")
    return [each for each in INCIDENTS.values() if family_of(each) == family]


def family_of(incident: Incident) -> str:
    """Find the family of an incident: the one among whose candidates its mechanism stands first."""
    return next(name for name, keys in FAMILIES.items() if incident.mechanism in keys)


@lru_cache(maxsize=256)
def _run(name: str, facts: tuple[tuple[str, int], ...], setting: str) -> Run:
    return INCIDENTS[name].run(dict(facts), setting)


class Case:
    """One case of an incident: the machine's evidence, and the machine to run again.

    Parameters
    ----------
    name : str
        Which incident.
    facts : mapping of str to int
        Its numbers.
    fixes : mapping of str to str, optional
        The letters that a learner knows the settings by.

    Raises
    ------
    ValueError
        If there is no such incident.

    Examples
    --------
    >>> case = draw("buffers", seed=1)
    >>> case.against("tables"), case.against("idle-pool").line
    (None, 'HugePages_Free:        0')
    >>> [herring.towards for herring in case.herrings]
    ['heap', 'tmpfs']
    """

    def __init__(
        self, name: str, facts: Mapping[str, int], fixes: Mapping[str, str] | None = None
    ) -> None:
        if name not in INCIDENTS:
            raise ValueError(f"incident {name!r} is none of {', '.join(INCIDENTS)}")
        self.incident, self.facts = INCIDENTS[name], dict(facts)
        self.fixes = dict(fixes or zip("pqrs", self.incident.settings, strict=True))

    @cached_property
    def evidence(self) -> Evidence:
        """What the machine showed."""
        return self.rerun("").evidence

    @property
    def files(self) -> list[str]:
        """The paths that `cat` takes."""
        return list(self.evidence.files)

    def cat(self, path: str) -> str:
        """Return what a file held.

        Raises
        ------
        ValueError
            If it is no file of the evidence.
        """
        if path not in self.evidence.files:
            raise ValueError(f"path {path!r} is none of {', '.join(self.files)}")
        return self.evidence.files[path]

    def rerun(self, setting: str) -> Run:
        """Build the machine anew and let it run, with one setting changed; "" for none."""
        settings = self.incident.settings
        if setting and setting not in settings:
            raise ValueError(f"setting {setting!r} is none of {', '.join(settings)}")
        return _run(self.incident.name, tuple(sorted(self.facts.items())), setting)

    def against(self, mechanism: str) -> Observation | None:
        """Return the observation that contradicts a mechanism; None if nothing does."""
        return MECHANISMS[mechanism].against(self.evidence)

    @property
    def herrings(self) -> tuple[Herring, Herring]:
        """What somebody noticed: true, and not the trouble."""
        return self.incident.noticed(self.evidence)

    @property
    def _parts(self) -> list[tuple[str, str]]:
        seen, incident = self.evidence, self.incident
        noticed = "\n".join(f"- {each.words}" for each in self.herrings)
        return [
            ("the pager says", incident.alert(self.facts)),
            ("the replica", incident.replica(self.facts)),
            ("somebody noticed", noticed),
            ("configuration", seen.config),
            ("log", seen.log),
            *seen.files.items(),
        ]

    def __repr__(self) -> str:
        return "\n".join(f"==> {name} <==\n{text.rstrip()}\n" for name, text in self._parts)

    def _repr_html_(self) -> str:
        shown, folded = self._parts[:5], self._parts[5:]
        pre = (
            '<pre style="margin:0.3em 0 0.3em 1.2em;line-height:1.35;color:inherit;'
            'white-space:pre-wrap">{}</pre>'
        )
        body = [
            f"<p style='margin:0.4em 0 0'><strong>{escape(name.capitalize())}</strong></p>"
            + (pre.format(escape(text)) if at > 2 else f"<p>{_lines(text)}</p>")
            for at, (name, text) in enumerate(shown)
        ]
        body += [
            f'<details><summary style="cursor:pointer"><code>{escape(path)}</code></summary>'
            f"{pre.format(escape(text))}</details>"
            for path, text in folded
        ]
        return "\n".join(body)


def _lines(text: str) -> str:
    return "<br>".join(map(escape, text.splitlines()))


def draw(name: str, seed: int) -> Case:
    """Draw a case of an incident from a seed: the same seed gives the same machine."""
    if name not in INCIDENTS:
        raise ValueError(f"incident {name!r} is none of {', '.join(INCIDENTS)}")
    facts: Facts = INCIDENTS[name].draw(Random(seed))
    return Case(name, facts)


def reopen(problem: Mapping[str, Any]) -> Case:
    """Build the case of an exercise's problem, from its "incident", "facts" and "fixes"."""
    fixes = {letter: setting for setting, letter in problem["fixes"].items()}
    return Case(problem["incident"], problem["facts"], fixes)
