"""The builder from outside: small lessons, every mistake an author can make, and the same bytes."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from typer.testing import CliRunner

from coursework.__main__ import app
from coursework.builder import Lesson, LessonError, build, execute, scores
from coursework.builder.build import difference
from coursework.builder.source import check_of, strip
from pagesim.host.lab import LIVE

# they share what `once` has built, and take long
pytestmark = [pytest.mark.xdist_group("builder"), pytest.mark.long]

START = "# A lesson\n"
IMPORT = "from coursework import check, problem"
ANSWER = """def walk_any(va, cr3, mode, memory):
    \"\"\"Translate.\"\"\"
    # walk
    ### BEGIN SOLUTION
    from coursework.exercises import find
    return find("radix-walk").solve(va, cr3, mode, memory)
    ### END SOLUTION"""
CHECK = 'check("radix-walk", walk_any)'


def code(source, tags=""):
    options = f":tags: [{tags}]\n\n" if tags else ""
    return f"\n```{{code-cell}} ipython3\n{options}{source}\n```\n"


@pytest.fixture
def lesson(tmp_path):
    """Write a lesson of these cells and return its path."""

    def write(*cells, name="04-small.md"):
        path = tmp_path / name
        path.write_text(START + "".join(each if "```" in each else code(each) for each in cells))
        return path

    return write


# -- reading ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "cell", "line", "message"),
    [
        ([ANSWER, 'check("radix-wlak", walk_any)'], 3, 13, "unknown exercise 'radix-wlak'; there"),
        ([ANSWER, CHECK, ANSWER, CHECK], 5, 27, "exercise 'radix-walk' is checked already, in ce"),
        ([CHECK], 2, 3, "no answer cell (one with a solution) before check 'radix-walk'"),
        ([ANSWER, CHECK, 'check("unmap", 1)'], 4, 17, "no answer cell"),
        ([ANSWER], 2, 3, "no check cell follows this answer cell"),
        ([ANSWER, ANSWER, CHECK], 2, 3, "no check cell follows this answer cell"),
        ([ANSWER + "\n" + CHECK], 2, 3, "no answer cell"),
        (
            ["x = 1\n### BEGIN SOLUTION\ny = 1"],
            2,
            3,
            "BEGIN SOLUTION in line 2 of the cell without",
        ),
        (["x = 1\n### END SOLUTION"], 2, 3, "END SOLUTION in line 2 of the cell without ### BEGIN"),
        (["### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION"], 2, 3, "inside of another"),
        (["if x:\n### BEGIN SOLUTION\n    y\n### END SOLUTION"], 2, 3, "cell is not Python: expec"),
        (["### BEGIN SOLUTION\ny = 1\n### END SOLUTION"], 2, 3, "nothing is left of the cell"),
        (["x = " + CHECK], 2, 3, 'a check cell ends with check("exercise-id", answer), once'),
        ([CHECK + ";"], 2, 3, "once and without `;`"),
        ([CHECK + "\n" + CHECK], 2, 3, "once and without"),
        ([CHECK + "\nprint(1)"], 2, 3, "a check cell ends with check("),
        (["check(walk_any)"], 2, 3, "a check cell ends with check("),
        (["name = 1\ncheck(name, walk_any)"], 2, 3, "a check cell ends with check("),
        ([""], 2, 3, "the code cell is empty"),
        ([code("1/0", "raises-exception")], 2, 3, "the tag 'raises-exception' hides failures"),
        ([code("1", "nbval-skip")], 2, 3, "the tag 'nbval-skip' hides failures; 'measurement' is"),
        ([code("1", "skip-execution")], 2, 3, "hides failures"),
        (["\n+++\n\n### BEGIN SOLUTION\n```\n```\n"], 2, 3, "a solution stands in prose"),
    ],
)
def test_an_authors_mistake_is_named_with_file_cell_and_line(lesson, cells, cell, line, message):
    path = lesson(*cells)
    with pytest.raises(LessonError) as caught:
        Lesson.read(path)
    assert str(caught.value).startswith(f"{path}, cell {cell} (line {line}): ")
    assert message in str(caught.value)


def test_a_check_in_another_notebook_is_named(lesson):
    path = lesson(ANSWER, CHECK, name="05-huge.md")
    with pytest.raises(LessonError, match="exercise 'radix-walk' belongs to notebook 04"):
        Lesson.read(path)


ASKED = '\n+++ {"words": "why"}\n\nWhy?\n\n'
SCHEME = "### BEGIN MARK SCHEME\n2 points: because.\n### END MARK SCHEME\n"
WRITE = "\n+++\n\n*Write.*\n"


def test_a_question_that_asks_for_words_hides_how_they_are_marked(tmp_path):
    path = tmp_path / "04-small.md"
    path.write_text(START + ASKED + SCHEME + WRITE)
    parsed = Lesson.read(path)
    assert parsed.words == {"why": 2}
    assert [cell.source for cell in parsed.notebook().cells] == ["# A lesson", "Why?", "*Write.*"]
    assert "2 points: because." in parsed.notebook(solutions=True).cells[1].source


@pytest.mark.parametrize(
    ("text", "cell", "message"),
    [
        (ASKED, 2, "a mark scheme and"),
        ("\n+++\n\nWhy?\n\n" + SCHEME, 2, "a mark scheme and"),
        (ASKED + SCHEME, 2, "no Markdown cell for the answer follows question 'why'"),
        (ASKED + SCHEME + code("1"), 2, "no Markdown cell for the answer"),
        ((ASKED + SCHEME + WRITE) * 2, 4, "the name 'why' is taken"),
        (ASKED.replace("why", "unmap") + SCHEME + WRITE, 2, "the name 'unmap' is taken"),
    ],
)
def test_a_question_without_its_pieces_is_named(tmp_path, text, cell, message):
    path = tmp_path / "04-small.md"
    path.write_text(START + text)
    with pytest.raises(LessonError, match=rf"cell {cell} .*: {re.escape(message)}"):
        Lesson.read(path)


def test_broken_options_of_a_cell_are_named(lesson):
    path = lesson("\n```{code-cell} ipython3\n:tags: [measurement\n\n1\n```\n")
    with pytest.raises(LessonError, match=r"Code cell 1 at line 3 could not be read"):
        Lesson.read(path)


def test_an_indented_solution_leaves_dots_and_one_at_the_margin_nothing():
    assert strip(ANSWER).splitlines()[-2:] == ["    # walk", "    ..."]
    assert strip("x = ...\n### BEGIN SOLUTION\nx = 2\n### END SOLUTION\n") == "x = ..."


def test_two_solutions_in_a_cell_leave_two_places_to_write():
    source = ANSWER + "\n    # and on\n    ### BEGIN SOLUTION\n    pass\n    ### END SOLUTION"
    assert strip(source).count("...") == 2


def test_what_checks_nothing_is_no_check():
    assert check_of("%timeit x") is None
    assert check_of("checks = 1\nprint('check(1)')  # check(2)") is None
    assert check_of('x = 1\ncheck("unmap", x)\n\n') == "unmap"


# -- executing ----------------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.parametrize(
    ("cells", "cell", "message"),
    [
        (["import sys\nprint('one\\ntwo', file=sys.stderr)"], 2, "writes to stderr: two"),
        (["print(object())"], 2, "shows an object at 0x"),
        (["import os\nos._exit(1)"], 2, "the kernel died"),
        ([IMPORT, ANSWER.replace("# walk", "return 1"), CHECK], 4, "untouched stub is not"),
    ],
)
def test_a_failing_cell_is_named(lesson, tmp_path, cells, cell, message):
    path = lesson(*cells)
    with pytest.raises(LessonError) as caught:
        execute(Lesson.read(path))
    assert f", cell {cell} (line " in str(caught.value)
    assert message in str(caught.value)


def test_a_check_that_does_not_know_the_answers_name_is_named(lesson, tmp_path):
    path = lesson(IMPORT, "x = 1\n### BEGIN SOLUTION\ny = 1\n### END SOLUTION", 'check("unmap", y)')
    with pytest.raises(LessonError, match=r"cell 4 \(line 14\): NameError: name 'y' is not"):
        execute(Lesson.read(path))


WHOLE = (
    IMPORT,
    code("import time\ntime.perf_counter_ns()", "measurement"),
    'print("one")\nprint("two")',
    "import ipywidgets\nslider = ipywidgets.IntSlider()\nslider",
    "from IPython.display import display_png\ndisplay_png(b'\\x89PNG', raw=True)",
    ANSWER,
    CHECK,
    "from coursework.exercise import learner\nlearner()",
)


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    """Build the whole lesson once; a kernel takes seconds to start."""
    folder = tmp_path_factory.mktemp("whole")
    path = folder / "04-small.md"
    path.write_text(START + "".join(each if "```" in each else code(each) for each in WHOLE))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTERHUB_USER", "grace")
        patch.setenv("PAGESIM_LEARNER", "ada")
        built = build(Lesson.read(path), folder)
    assert (built.state, built.reason) == ("written", "there is no notebook yet")
    return path, built


def test_a_built_notebook(once):
    lesson, built = once
    text = built.path.read_text()
    notebook = nbformat.read(built.path, as_version=4)
    nbformat.validate(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, 9))
    assert "BEGIN SOLUTION" not in text
    assert "find(" not in text
    assert "widget-view" not in text
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert "version" not in notebook.metadata.language_info
    assert cells[1].metadata.tags == ["measurement", "nbval-ignore-output"]
    (stream,) = cells[2].outputs
    assert stream.text == "one\ntwo\n"
    assert "IntSlider" in cells[3].outputs[0].data["text/plain"]
    assert scores(Lesson.read(lesson), notebook) == {"radix-walk": 0.0}


def test_an_unchanged_lesson_gives_the_same_bytes(once):
    lesson, built = once
    before = built.path.read_bytes()
    again = build(Lesson.read(lesson), built.path.parent)
    assert (again.state, again.reason) == ("unchanged", "")
    assert built.path.read_bytes() == before

    # the measured number aside, what was made is what is there
    afresh = nbformat.writes(again.notebook) + "\n"
    old, new = (
        nbformat.reads(text, as_version=4).cells[2].outputs[0].data["text/plain"]
        for text in (before.decode(), afresh)
    )
    assert old != new
    assert afresh.replace(new, old).encode() == before


def test_a_changed_lesson_makes_its_notebook_stale(once, tmp_path):
    lesson, built = once
    saved = tmp_path / built.path.name
    saved.write_bytes(built.path.read_bytes())
    changed = tmp_path / lesson.name
    changed.write_text(lesson.read_text().replace('print("two")', 'print("three")'))
    checked = build(Lesson.read(changed), tmp_path, check=True)
    assert (checked.state, checked.reason) == ("stale", "the text of cell 4 differs")
    assert saved.read_bytes() == built.path.read_bytes()


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("# A lesson", "# The lesson", "the text of cell 1 differs"),
        ('"one\\n"', '"oen\\n"', "the output of cell 4 differs"),
        ("not-started", "right", "the output of cell 8 differs"),
        ('"points": 2', '"points": 3', "the output of cell 8 differs"),
        ("ipython3", "ipython4", "the metadata differs"),
        ('"cells"', '"rows"', "the notebook cannot be read"),
        ("{", "", "the notebook cannot be read"),
    ],
)
def test_whatever_differs_from_the_saved_notebook_is_named(once, tmp_path, old, new, reason):
    _, built = once
    path = tmp_path / "changed.ipynb"
    assert old in built.path.read_text()
    path.write_text(built.path.read_text().replace(old, new))
    assert difference(built.notebook, path, pictures=False) == reason


def test_a_picture_alone_makes_a_difference_only_where_notebooks_are_written(once, tmp_path):
    _, built = once
    path = tmp_path / "changed.ipynb"
    picture = built.notebook.cells[5].outputs[0].data["image/png"].strip()
    path.write_text(built.path.read_text().replace(picture, "AAAA"))
    assert difference(built.notebook, path, pictures=False) == ""
    assert difference(built.notebook, path, pictures=True) == "the output of cell 6 differs"


@pytest.mark.parametrize("mime", ["text/plain", "text/html"])
def test_where_a_lab_was_counted_makes_no_difference_but_what_was_counted_does(tmp_path, mime):
    def notebook(text):
        made = new_output("execute_result", {mime: text}, execution_count=1)
        cells = [new_code_cell("lab", outputs=[made], execution_count=1, id="lab")]
        return new_notebook(cells=cells)

    path = tmp_path / "lab.ipynb"
    nbformat.write(notebook(f"1 page  12\n{LIVE}"), path)
    elsewhere = "recorded on Linux 6.18; this machine cannot: it runs macOS, not Linux"
    assert difference(notebook(f"1 page  12\n{elsewhere}"), path, pictures=False) == ""
    assert difference(notebook(f"1 page  16\n{LIVE}"), path, pictures=False) != ""


def test_with_its_solution_a_lesson_has_what_its_author_wrote(once):
    """That such lessons get full points, tests/notebooks holds for each."""
    notebook = Lesson.read(once[0]).notebook(solutions=True)
    assert notebook.cells[6].source == ANSWER


def test_the_builder_is_the_learner_guest_whoever_runs_it(once):
    _, built = once
    assert built.notebook.cells[-1].outputs[0].data["text/plain"] == "'guest'"


# -- the command line -----------------------------------------------------------------------------


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Call the command in a folder with two lessons, of which one fails."""
    monkeypatch.chdir(tmp_path)
    Path("lessons").mkdir()
    Path("lessons/04-good.md").write_text(START + code("1 + 1"))
    Path("lessons/05-bad.md").write_text(START + code("1 / 0"))

    def call(*arguments):
        done = CliRunner().invoke(app, ["build", *arguments])
        assert done.exception is None or isinstance(done.exception, SystemExit)
        return done.exit_code, done.output

    return call


@pytest.mark.long
def test_the_command_builds_what_it_can_and_names_what_it_cannot(run):
    status, text = run()
    assert status == 1
    assert "✓ 04-good.ipynb  written (there is no notebook yet)" in text
    assert "✗ lessons/05-bad.md, cell 2 (line 3): ZeroDivisionError: division by zero" in text
    assert nbformat.read("notebooks/04-good.ipynb", as_version=4).cells[1].outputs


def test_the_command_checks_without_writing_and_names_what_is_too_large(run, monkeypatch):
    monkeypatch.setattr("coursework.__main__.MOST_BYTES", 100)
    there = Path("notebooks/04-good.ipynb")
    there.parent.mkdir()
    there.write_text("x" * 101)
    status, text = run("04", "--check")
    assert status == 1
    assert "✗ 04-good.ipynb  stale (the notebook cannot be read)" in text
    assert "✗ 04-good.ipynb is larger than 100 B" in text
    assert there.read_text() == "x" * 101


def test_the_command_names_the_lessons_there_are(run):
    status, text = run("06")
    assert status == 2
    assert "no lesson in lessons starts with '06'; there are: 04-good, 05-bad" in text


def test_the_command_can_be_called_as_documented():
    done = subprocess.run(
        [sys.executable, "-m", "coursework", "build", "--help"], capture_output=True, text=True
    )
    assert done.returncode == 0
    assert "--check" in done.stdout
