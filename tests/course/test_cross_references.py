"""The thread through the course: what a notebook says of another one, or of itself, is so."""

import re
import tomllib
from pathlib import Path

import pytest

from benchmarks.explorer.every_scene import SCENES
from coursework.exercises import EXERCISES
from pagesim.scenes import Choice, Hidden

ROOT = Path(__file__).parents[2]
LESSONS = {
    path.stem: path.read_text("utf-8") for path in sorted((ROOT / "lessons").glob("[0-9]*.md"))
}
NAMES = list(LESSONS)  # 00-start-here and so on
NUMBERS = [name[:2] for name in NAMES]
MAP = re.findall(
    r"^\| \[(\d\d) ([^]]*)\]\(([^)]*)\) \|.*\| (.*?) ?\|$", LESSONS[NAMES[0]], re.MULTILINE
)
# "notebook 06", "notebooks 05 and 06", "notebooks 05, 06, 08 and 09"
NOTEBOOKS = re.compile(r"[Nn]otebooks? (\d+(?:(?:,| and|, and) \d\d(?!\d))*)")

each_lesson = pytest.mark.parametrize("name", NAMES)


def named(text):
    """List the numbers of the notebooks that a text names."""
    return [number for found in NOTEBOOKS.findall(text) for number in re.findall(r"\d+", found)]


@each_lesson
def test_a_lesson_names_other_notebooks_that_there_are(name):
    found = named(LESSONS[name])
    assert set(found) <= set(NUMBERS)
    own = {name[:2]} if name != NAMES[0] else set()  # 00 says which number it has
    assert not own & set(found), "a notebook speaks of itself as of another one"


@each_lesson
def test_bets_and_cards_name_other_notebooks_that_there_are(name):
    """A picture may stand in two notebooks, so its words are not held to this."""
    bets = tomllib.loads(
        (ROOT / "pagesim" / "data" / "bets" / f"{name[:2]}.toml").read_text("utf-8")
    )
    cards = [
        str((each.title, each.right, each.untested, each.start, each.hints))
        for each in EXERCISES.values()
        if each.notebook == name[:2]
    ]
    found = named(f"{bets} {cards}")
    assert set(found) <= set(NUMBERS) - {name[:2]}


@each_lesson
def test_what_a_notebook_needs_comes_before_it(name):
    needs = re.search(r"needs (notebooks? [\d, and]+)", LESSONS[name])
    assert (needs is None) == (name == NAMES[0])
    if needs:
        assert max(named(needs[1])) < name[:2]


@pytest.mark.parametrize("name", NAMES[:-1])
def test_a_lesson_ends_with_a_question_and_the_notebook_that_answers_it(name):
    (question,) = re.findall(r"^\*\*Next question\.\*\* (.*)$", LESSONS[name], re.MULTILINE)
    following = NAMES[NAMES.index(name) + 1]
    number, title, target = next(row[:3] for row in MAP if row[0] == following[:2])
    assert "?" in question
    assert question.endswith(f"[*{number}: {title}*]({target}).")


def test_the_map_says_of_each_notebook_what_it_says_itself():
    assert [(number, target) for number, _, target, _ in MAP] == [
        (name[:2], f"{name}.ipynb") for name in NAMES[1:]
    ]
    for number, _, target, minutes in MAP:
        listen = re.search(r"^\*Listen along: ([^.]*)\.", LESSONS[target[:-6]], re.MULTILINE)
        told = re.findall(r"(\d+):\d\d", listen[1]) if listen else []
        assert re.findall(r"\d+", minutes) == told, number


def test_the_map_says_how_long_a_notebook_takes():
    found = [int(re.search(r"About (\d+) minutes:", LESSONS[name])[1]) for name in NAMES[1:]]
    assert f"takes {min(found)} to {max(found)} minutes" in LESSONS[NAMES[0]]


@each_lesson
def test_a_section_that_is_referred_to_is_there(name):
    sections = {
        title.lower() for title in re.findall(r"^#+ (.*?)(?: · .*)?$", LESSONS[name], re.MULTILINE)
    }
    for title in re.findall(r"\(see \*([^*]+)\*\)|you have read \*([^*]+)\*", LESSONS[name]):
        assert "".join(title).lower() in sections


def test_pictures_write_one_name_in_one_way():
    """Options and labels of all explorers: none differs from another by case or hyphen alone."""
    spelt = {}
    for scene in SCENES.values():
        for control in scene().controls.values():
            if isinstance(control, Hidden):
                continue
            options = control.options if isinstance(control, Choice) else ()
            for word in (control.label, *options):
                spelt.setdefault(re.sub(r"[\W_]", "", word).lower(), set()).add(word)
    assert [words for words in spelt.values() if len(words) > 1] == []
