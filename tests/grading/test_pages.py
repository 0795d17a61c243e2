"""Pages of a class: what they say, and that nothing in a submission can do anything there."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from coursework.exercises import find, of_notebook
from coursework.grading.assignments import read_assignments
from coursework.grading.grade import Result, unread
from coursework.grading.layouts import Submission
from coursework.grading.limits import Limits
from coursework.grading.pages import Page, page_name, write_class, write_student
from coursework.grading.paper import Paper
from coursework.grading.rendering import clean, render
from coursework.grading.scoring import mark
from coursework.grading.showing import Cell, Shown, kept_bets, show_paper

from ..chromium import CHROMIUM, FLAGS
from .attacks import RIGHT, STUBS, answered, cell, notebook
from .conftest import SECRET

LESSONS = Path(__file__).parents[2] / "lessons"
HOSTILE = [
    "<script>document.title = 'owned'</script>",
    '<img src="x" onerror="document.title = \'owned\'">',
    '<a href="javascript:document.title = 1">click</a>',
    '<a href=" java&#10;script:document.title = 1">click</a>',
    "<svg onload=\"document.title = 'owned'\"><script>1</script></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img src onerror=alert(1)>",
    '<iframe src="data:text/html,<script>1</script>"></iframe>',
    '<iframe srcdoc="<script>parent.document.title = 1</script>"></iframe>',
    '<object data="data:text/html,<script>1</script>"></object><embed src="x.svg">',
    '<meta http-equiv="refresh" content="0;url=http://127.0.0.1:9/gone">',
    '<base href="http://127.0.0.1:9/"><link rel="stylesheet" href="http://127.0.0.1:9/x.css">',
    '<style>body { background: url("http://127.0.0.1:9/x") } main { display: none }</style>',
    '<p style="background: url(http://127.0.0.1:9/x); position: fixed; inset: 0">over it all</p>',
    '<img src="http://127.0.0.1:9/x.png" srcset="http://127.0.0.1:9/y.png 2x">',
    '<img src="data:image/svg+xml,<svg onload=alert(1)>">',
    '<video autoplay src="http://127.0.0.1:9/x" onplay="1"></video><audio src="x">',
    '<form action="http://127.0.0.1:9/"><input autofocus onfocus="1"><button>Go</button></form>',
    '<table background="http://127.0.0.1:9/x"><td>1</table><body onload="1">',
    '<article class="mark right" id="points">10 of 10</article><h1>10 of 10 points</h1>',
    "</div></section></main></body></html><plaintext>",
    "<textarea><title><!--<xmp><noscript><template>",
]  # fmt: skip


class Tags(HTMLParser):
    """Lists the tags of a page with their attributes."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


def harmless(html):
    """Tell whether there is nothing but what our own templates make active."""
    for tag, attributes in Tags(html).found:
        assert tag not in {"script", "iframe", "object", "embed", "link", "base", "form", "input"}
        assert not [name for name in attributes if name.startswith("on") or name == "srcdoc"]
        assert "style" not in attributes
        for name in ("href", "src", "srcset", "background", "action", "data"):
            address = attributes.get(name, "#")
            own = re.fullmatch(r"#\w*|(\.\./)?[\w-]+\.html|students/[\w-]+\.html", address)
            assert own or address.startswith("data:image/png;base64,iVBORw0KGgo"), address
    return True


@pytest.fixture(scope="module")
def assignments():
    return read_assignments(LESSONS, ["02"])


def page(student, shown=None, **states):
    """Make a page of a student whose answers are right, open, or a known mistake."""
    marks = []
    for exercise in of_notebook("02"):
        data = exercise.problem(student)
        state = states.get(exercise.id.replace("-", "_"), "right")
        answers = exercise.solved(data)
        if state == "mistake":
            answers = exercise.solved(data, next(iter(exercise.mistakes)))
        marks.append(mark(exercise, data, [...] * len(answers) if state == "open" else answers))
    return Page(Result(student, "02", "bubblewrap", tuple(marks)), shown or Shown())


def write_pages(pages, assignments, folder):
    for each in pages:
        write_student([each], assignments, folder)
    write_class(pages, assignments, folder)


def written(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.html")
    }


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_active_is_left(html):
    assert harmless(clean(html))


def test_what_is_hostile_stays_in_its_cell():
    cells = [Cell("code", "1", outputs=(("html", each), ("text", "behind"))) for each in HOSTILE]
    cells += [Cell("markdown", each) for each in HOSTILE]
    shown = render([*cells, Cell("markdown", "the last")])
    assert all(map(harmless, shown))
    assert "the last" in shown[-1]
    for each in shown[: len(HOSTILE)]:
        assert "behind" in each
        assert each.count("<div") == each.count("</div")


@pytest.mark.long
def test_what_keeps_a_renderer_busy_is_shown_as_plain_text(monkeypatch):
    monkeypatch.setattr("coursework.grading.rendering._SECONDS", 1.0)
    (html,) = render([Cell("markdown", "[" * 50_000)])
    assert html == f"<pre>{'[' * 50_000}</pre>"


@pytest.mark.long
def test_hostile_names_outputs_and_texts_do_nothing_on_any_page(tmp_path, assignments):
    everything = "".join(HOSTILE)
    cells = [
        Cell("code", everything, "", True, (("html", each), ("error", each))) for each in HOSTILE
    ]
    cells += [Cell("markdown", everything, "map-as-large"), Cell("markdown", everything)]
    names = [HOSTILE[0], "../../escaped", "=1+1", "\udcff", "a" * 300, "ada"]
    pages = [
        page(name, Shown(tuple(cells if name == "ada" else cells[-1:]), note="")) for name in names
    ]
    write_pages(pages, assignments, tmp_path)
    found = written(tmp_path)
    assert len(found) == len(names) + 2
    assert not (tmp_path.parent / "escaped.html").exists()
    for html in found.values():
        assert harmless(html)
        policy = Tags(html).found[3][1]["content"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "unsafe" not in policy


@pytest.mark.long
@pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium")
def test_a_browser_runs_nothing_and_asks_for_nothing(tmp_path, assignments):
    from playwright.sync_api import sync_playwright

    cells = [Cell("code", "1", "", True, (("html", each),)) for each in HOSTILE]
    cells += [Cell("markdown", each) for each in HOSTILE]
    write_pages([page("ada", Shown(tuple(cells)))], assignments, tmp_path)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        tab = browser.new_page(viewport={"width": 360, "height": 800})
        asked, said = [], []
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("console", lambda message: said.append(message.text))
        for name in ("students/ada.html", "class.html", "texts.html"):
            address = (tmp_path / name).as_uri()
            tab.goto(address)
            tab.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")
            tab.wait_for_timeout(200)
            assert tab.url == address
            assert tab.title() != "owned"
            assert asked.pop(0) == address
            # nothing lies over the page, and nothing makes it wider than a telephone
            assert tab.locator("h1").first.is_visible()
            assert tab.evaluate("document.documentElement.scrollWidth") == 360
        browser.close()
    assert (asked, said) == ([], [])


def test_the_same_class_gives_the_same_bytes(tmp_path, assignments):
    pages = [page("ada"), page("bob", table_bytes="mistake"), page("eve", byte_walk="open")]
    write_pages(pages, assignments, tmp_path / "one")
    write_pages(pages[::-1], assignments, tmp_path / "two")
    assert written(tmp_path / "one") == written(tmp_path / "two")


def test_a_students_page_says_what_each_exercise_is_worth_and_what_was_wrong(tmp_path, assignments):
    one = page("ada", table_bytes="mistake", byte_walk="open")
    write_pages([one], assignments, tmp_path)
    html = written(tmp_path)["students/ada.html"]
    assert re.search(r"<h1>ada: 6(\.\d+)? of 10 points", html)
    assert html.count("<strong>Right.</strong>") == 2
    assert (
        html.count("<strong>Almost.</strong>") == html.count("<strong>Not started.</strong>") == 1
    )
    assert "This is what comes out if" in html


def test_the_classs_page_counts_points_mistakes_and_bets(tmp_path, assignments):
    bet = Shown(bets={"four-gib": "16 GiB"})
    pages = [page("ada", bet), page("bob", bet, table_bytes="mistake"), page("eve", Shown())]
    pages += [page("kim", Shown(bets={"four-gib": "1 GiB"}), table_bytes="mistake")]
    write_pages(pages, assignments, tmp_path)
    html = written(tmp_path)["class.html"]
    title = find("table-bytes").title
    assert f"Hardest: {title}" in html
    assert f"Most common mistake: {title}" in html
    assert "2 right, 2 almost" in html
    assert re.search(r'<tr class="true"><td class="number">2</td><td>✓ 16 GiB', html)
    assert re.search(r'<td class="number">1</td><td>1 GiB', html)
    assert '<text x="286.4" y="12.0">2</text>' in html  # two have all ten points


def test_a_file_that_could_not_be_read_is_named_and_counted_nowhere(tmp_path, assignments):
    bob = Page(unread("bob", "02", "bubblewrap", "the file is no notebook"), Shown(note="none"))
    write_pages([page("ada"), bob], assignments, tmp_path)
    html = written(tmp_path)["class.html"]
    assert "Not graded, and not counted below: bob, 02: the file is no notebook." in html
    assert "1 graded; the median is 10 of 10 points, the mean 10.0" in html
    assert "Nothing of it could be looked at" in written(tmp_path)["students/bob.html"]


def test_words_are_shown_with_the_rubric_to_the_instructor_only(tmp_path, assignments):
    shown = Shown((Cell("markdown", "It <b>grows</b> too.", "map-as-large"),))
    write_pages([page("ada", shown), page("eve")], assignments, tmp_path)
    pages = written(tmp_path)
    (words,) = assignments["02"].words
    assert "1 point" in words.rubric
    assert "No point for" in pages["texts.html"]
    assert "No point for" not in pages["students/ada.html"]
    for name in ("texts.html", "students/ada.html"):
        assert "It &lt;b&gt;grows&lt;/b&gt; too." in pages[name]
    assert "Nothing was written by eve." in pages["texts.html"]
    assert "ada: 10 of 10 points" in pages["students/ada.html"]  # a program gives none for words


def test_no_two_students_share_a_page():
    names = ["ada", "Ada", "ADA", "a/da", "a.da", "../ada", "", "é", "<x>", "x", "con", "a" * 300]
    pages = [page_name(name) for name in names]
    assert len({each.lower() for each in pages}) == len(names)
    assert all(re.fullmatch(r"[a-z0-9-]+\.html", each) and len(each) < 80 for each in pages)


def show(content, box, kit_folder):
    return show_paper(Paper("ada", "02", content, ()), box, kit_folder, Limits())


def test_a_notebook_is_executed_and_shown(tmp_path, box, kit_folder, assignments):
    before = """from IPython.display import HTML, display
print(6 * 7)
display(HTML("<b onclick='f()'>bold</b>"))
class Thing: pass
display(Thing())
1 / 0"""
    content = answered(RIGHT, before=before)
    shown = show(content, box, kit_folder)
    assert shown.cells[0].outputs == (
        ("text", "42\n"),
        ("html", "<b onclick='f()'>bold</b>"),
        ("text", "<__main__.Thing at 0x…>"),
        ("error", "ZeroDivisionError: division by zero\n"),
    )
    assert show(content, box, kit_folder) == shown
    write_pages([page("ada", shown)], assignments, tmp_path / "out")
    html = written(tmp_path / "out")["students/ada.html"]
    assert "<b>bold</b>" in html
    assert html.count("Right, 3 of 3") == 2


def test_no_hidden_input_is_told(box, kit_folder):
    """Whatever a function is called with while it is looked at, it is never called by us."""
    spy = "def entry_bytes(*a): print('called', a)"
    behind = "import coursework\nprint(sorted(vars(coursework)))\nprint(problem('byte-walk').data)"
    content = answered({**RIGHT, "smallest-entry": spy}, behind=behind)
    shown = show(content, box, kit_folder)
    text = repr(shown)
    assert "called (" not in text
    assert SECRET.decode() not in text
    assert repr(find("byte-walk").problem("ada")["addresses"]) in text  # their own, they may see


def test_what_ends_python_or_floods_costs_its_own_cell(box, kit_folder):
    content = answered(
        STUBS, before="import os\nos._exit(0)", behind="print('x' * 10**7)\nprint('more')"
    )
    shown = show(content, box, kit_folder)
    assert shown.cells[0].outputs[0][0] == "error"
    assert len(shown.cells[-1].outputs[0][1]) == 30_000


def test_what_a_cell_says_of_the_cells_makes_no_difference(box, kit_folder):
    """They are told before the first one runs."""
    forging = """import gc, json, os
for each in gc.get_objects():
    if type(each).__name__ == "Runner":
        each.say(kind="code", text="forged", name="", runs=True)
        each.say(done=1)"""
    shown = show(answered(RIGHT, before=forging), box, kit_folder)
    assert shown.cells[0].source == forging


def test_bets_are_read_from_the_notebook_or_the_file_beside_it(tmp_path, box, kit_folder):
    said = "1 of 2 bets placed: four-gib (16 GiB)."
    output = {"output_type": "display_data", "data": {"text/plain": ["4 of 10", "\n", said]}}
    cells = json.loads(answered(STUBS))["cells"]
    content = notebook(*cells, cell('progress("02")', outputs=[output]))
    assert show(content, box, kit_folder).bets == {"four-gib": "16 GiB"}
    half = {"half-an-entry": "half the table, and entries that point to 2 GiB", "four-gib": "<x>"}
    kept = {"ada": {"scores": {}, "bets": half}, "bob": {"bets": {"four-gib": "1 GiB"}}}
    (tmp_path / ".progress-02.json").write_text(json.dumps(kept))
    bets = kept_bets(Submission("ada", "02", tmp_path / "02.ipynb"))
    assert bets == {"half-an-entry": half["half-an-entry"]}


@pytest.mark.parametrize("content", [b"", b"[]", b"[" * 10**6, b'{"cells": 3}'])
def test_what_is_no_notebook_has_a_page_that_says_so(
    tmp_path, box, kit_folder, assignments, content
):
    shown = show(content, box, kit_folder)
    assert "no notebook" in shown.note
    write_pages([page("ada", shown, byte_walk="open")], assignments, tmp_path / "out")
    assert "no notebook" in written(tmp_path / "out")["students/ada.html"]
