"""Words in order: no term of the course is used before the sentence that explains it."""

import re
from functools import cache
from pathlib import Path

import pytest

from coursework.builder import LessonError
from coursework.builder.glossary import glossary, terms

from ..lessons import NAMES_OF_TERMS, glossary_terms
from .reading import passages, plain

pytestmark = pytest.mark.long  # every picture of the course is drawn, to be read

ROOT = Path(__file__).parents[2]

# What may name things that are still to come, because that is what it is for.
ANNOUNCES = re.compile(
    r"\*Sources\.\*"  # titles of books and files
    r"|\*\*After this you can\*\*|\d\. (?:[a-z].*)"  # the three outcomes
    r"|\*\*After it you can\*\*"
    r"|\| \| one question"  # the map of notebooks
    r"|#{1,2} "  # titles
)
# titles of other notebooks, a menu's words, and what a card says is still to come
TITLE = re.compile(r"\[[^]]*\]\([^)]*\)|\*Kernel ▸.*?\*|Not tested here: [^.]*\.")
TABLE_OF_LABS = "host.machine()"


def test_the_glossary_is_what_the_lessons_say():
    saved = (ROOT / "notebooks" / "glossary.md").read_text("utf-8")
    assert saved == glossary(ROOT / "lessons"), "run `make notebooks`"


@cache
def in_order():
    """Everything that is read, except for what announces."""
    return tuple(_in_order())


def _in_order():
    outcomes = labs = False
    for passage in passages():
        if passage.kind == "prose":
            outcomes = passage.text.startswith(("**After this", "**After it")) or (
                outcomes and re.match(r"\d\. ", passage.text) is not None
            )
        if passage.kind == "code":
            labs = TABLE_OF_LABS in passage.text
        if outcomes or labs or ANNOUNCES.match(passage.text):
            continue
        yield passage, TITLE.sub("", passage.text)


@pytest.mark.xdist_group("reading")  # all words of the course are gathered once
@pytest.mark.parametrize("name", NAMES_OF_TERMS)
def test_a_term_is_explained_before_it_is_used(name):
    term = glossary_terms()[name]
    pattern = re.compile("|".join(rf"(?<![\w/])(?:{form})(?!\w)" for form in term.forms) or r"(?!)")
    says = plain(term.says)
    for passage, text in in_order():
        used = pattern.search(text)
        explained = text.find(says) if passage.kind == "prose" else -1
        if explained >= 0:
            sentence = explained + len(says)
            assert used is None or used.start() < sentence
            before = text[:explained].rpartition(". ")[0]
            assert not pattern.search(before), f"{passage}: {before!r}"
            return
        assert used is None, f"{passage}: …{text[max(0, used.start() - 60) : used.end() + 60]}…"
    pytest.fail("its sentence is not in the notebooks")


# Abbreviations, names and counters, of which a notebook may be full.
NAME = re.compile(
    r"(?<![\w-])(?:[A-Z][A-Z0-9_]+[A-Z0-9]|[A-Z]+[a-z]+[A-Z]\w*|[A-Z]\d+|(?:pg|psw|thp_)[a-z_]+)(?!\w)"
)
# What shows files as Linux writes them, whole, with lines that nobody needs.
FILES = re.compile(r"evidence\.read\(|incidents\.reopen\(")
EXPLAINED_THERE = {
    "MAP_NORESERVE": "by the bet that names it",
    "HugePages": "it is in the title of an article",
    "X86_64": "it is the simulator's name for x86-64",
    "AuthenticAMD": "it is what the learner's processor calls itself",
    "GenuineIntel": "it is what the learner's processor calls itself",
}


@pytest.mark.xdist_group("reading")
def test_no_name_is_first_met_in_a_bet_a_card_a_lab_or_a_picture():
    """What is no term, and so not in the glossary, has at least been spoken of in prose."""
    told = set(EXPLAINED_THERE)
    early, files = {}, False
    for passage, text in in_order():
        if passage.kind == "code":
            files = FILES.search(text) is not None
        names = [] if files and passage.kind == "output" else NAME.findall(text)
        if passage.kind == "prose":
            told.update(names)
        else:
            told.update(unit for unit in names if re.fullmatch("[KMGTPE]iB", unit))
            counters = re.compile("pg|psw|thp_")
            met = [name for name in names if passage.kind != "code" or counters.match(name)]
            early |= {name: str(passage) for name in met if name not in told | early.keys()}
    assert early == {}


BOLD = re.compile(r"\*\*([^*]+)\*\*")
LISTS = {  # what stands in bold in a list of its like, though it was explained before
    ("07", "library"), ("07", "heap"), ("07", "stack"), ("07", "mmap"),
    ("09", "FIFO"), ("09", "LRU"),
}  # fmt: skip


def test_a_term_is_in_bold_where_it_is_explained_and_nowhere_else():
    """A reader who meets bold twice asks what the difference is between the two."""
    explained = {word for term in glossary_terms().values() for word in BOLD.findall(term.says)}
    found = {}
    for path in sorted((ROOT / "lessons").glob("[0-9]*.md")):
        prose = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)
        for word in set(BOLD.findall(prose)):
            one = next((each for each in (word, f"{word}s", word[:-1]) if each in explained), "")
            if one and (path.stem[:2], word) not in LISTS:
                found.setdefault(one, []).append(path.stem[:2])
    assert {word: where for word, where in found.items() if len(where) > 1} == {}


def test_a_quotation_that_no_lesson_has_is_refused(tmp_path):
    (tmp_path / "glossary.toml").write_text('[page]\nsays = "a page is a page"\n')
    with pytest.raises(LessonError, match="'page': 0 cells say 'a page is a page'; one must"):
        terms(tmp_path)
