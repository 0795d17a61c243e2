"""What the threat model names is there: tests, hostile notebooks, modules."""

import re
from importlib import import_module
from pathlib import Path

from . import attacks
from .test_attacks import WORST

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/threat-model.md").read_text("utf-8")


def test_each_test_that_it_names_exists():
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", TEXT)
    assert len(named) > 8
    for file, name in named:
        assert f"def {name}(" in (ROOT / "tests/grading" / file).read_text(), (file, name)


def test_each_hostile_notebook_that_it_names_exists_and_every_class_is_named():
    named = re.findall(r"\*(\w+): ([^*]+)\*", TEXT)
    there = {
        (kind, each.name)
        for kind in WORST
        for each in import_module(f"{attacks.__name__}.{kind}").ATTACKS
    }
    assert set(named) <= there, set(named) - there
    assert {kind for kind, _ in named} == set(WORST)


def test_each_module_that_it_names_exists():
    named = set(re.findall(r"`((?:inside/)?\w+\.py)`", TEXT))
    assert len(named) > 8
    for name in named:
        assert (ROOT / "coursework/grading" / name).is_file(), name
