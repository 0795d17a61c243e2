"""One JupyterLab and one browser for all notebooks, which are opened one after the other.

Each notebook is opened once and run once. Its tests come in this order: as it was saved; after Run
All its bets, while they are closed; then one explorer after the other; then the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ..chromium import CHROMIUM
from ..samples import SHARE
from .explorer import Explorer
from .lab import ARTIFACTS, Lab, notebooks, running_lab
from .latency import Presses, kept, summary, text
from .notebook import SCRIPTS, Notebook, explorers_of, open_lab, open_notebook

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

HERE = Path(__file__).parent
# For what is alike in all of them, unless everything is tried:
FEW = 2  # explorers of a notebook
THIRD = slice(1, None, 3)  # of the notebooks


def _why_not() -> str:
    if find_spec("playwright") is None:
        return "playwright is not installed; `make setup-test` installs it"
    if not CHROMIUM:
        return "no Chromium here; install it, or name one in $CHROMIUM"
    return "" if notebooks() else "there is no notebook yet"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Ask for every notebook, or for every explorer of every notebook: if sampled, for some."""
    if "name" not in metafunc.fixturenames:
        return
    names = ["name", "number"] if "number" in metafunc.fixturenames else ["name"]
    if reason := _why_not():
        none = pytest.param(*("" for _ in names), marks=pytest.mark.skip(reason=reason), id="none")
        metafunc.parametrize(names, [none])
        return
    sampled = metafunc.definition.get_closest_marker("sampled") and SHARE < 1
    if "number" in names:
        most = FEW if sampled else 100
        pairs = [(path, k) for path in notebooks() for k in range(min(explorers_of(path), most))]
        ids = [f"{path.stem}-{k + 1}" for path, k in pairs]
        metafunc.parametrize(names, [(path.name, k) for path, k in pairs], ids=ids)
    else:
        paths = notebooks()[THIRD] if sampled else notebooks()
        metafunc.parametrize("name", [path.name for path in paths], ids=[p.stem for p in paths])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Finish one notebook before the next is opened; all of it in one process."""
    ours = [item for item in items if HERE in item.path.parents]
    for item in ours:
        item.add_marker(pytest.mark.xdist_group(_name(item) or item.nodeid))
    others = [item for item in items if HERE not in item.path.parents]
    items[:] = [*sorted(ours, key=_place), *others]


def _place(item: pytest.Item) -> tuple[str, int, int]:
    """Say where a test comes: its notebook, what has happened by then, its explorer."""
    needs = getattr(item, "fixturenames", ())
    stages = ("ran" not in needs, "with_bets" in needs, "number" in needs, True)
    return _name(item), stages.index(True), _parameters(item).get("number", 0)


def _name(item: pytest.Item) -> str:
    return str(_parameters(item).get("name", ""))


def _parameters(item: pytest.Item) -> dict[str, Any]:
    callspec = getattr(item, "callspec", None)
    return dict(callspec.params) if callspec else {}


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with running_lab(tmp_path_factory.mktemp("lab")) as started:
        yield started


@pytest.fixture(scope="session")
def browser(chromium: Browser) -> Iterator[BrowserContext]:
    """Keep what was fetched: all notebooks need the same JupyterLab."""
    context = chromium.new_context(
        viewport={"width": 1300, "height": 950},
        permissions=["clipboard-read", "clipboard-write"],
    )
    for script in SCRIPTS:
        context.add_init_script(path=script)
    yield context
    context.close()


class Desk:
    """Where one notebook lies open at a time."""

    def __init__(self, browser: BrowserContext, lab: Lab) -> None:
        self.page, self.lab = open_lab(browser, lab), lab
        self.notebook: Notebook | None = None
        self.watched: dict[int, Explorer] = {}  # of the notebook that lies open

    def open(self, name: str) -> Notebook:
        if self.notebook is None or self.notebook.name != name:
            self.close()
            for old in ARTIFACTS.glob(f"{Path(name).stem}.*.png"):
                old.unlink()
            self.notebook = open_notebook(self.page, self.lab, name)
        return self.notebook

    def watch(self, notebook: Notebook, number: int) -> Explorer:
        """Scroll to an explorer, and watch it from the first time on."""
        if number not in self.watched:
            self.watched[number] = Explorer(notebook, number)
            notebook.wait_until_idle()
            self.watched[number].watch()
        return self.watched[number]

    def close(self) -> None:
        if self.notebook is not None:
            self.notebook.close()
            self.notebook, self.watched = None, {}


@pytest.fixture(scope="session")
def desk(browser: BrowserContext, lab: Lab) -> Iterator[Desk]:
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    desk = Desk(browser, lab)
    yield desk
    desk.close()


@pytest.fixture
def notebook(desk: Desk, name: str, request: pytest.FixtureRequest) -> Iterator[Notebook]:
    """The notebook as the test before has left it; where this one fails, the window is kept."""
    before = request.session.testsfailed
    opened = desk.open(name)
    yield opened
    if request.session.testsfailed > before:
        opened.keep(f"failed-{request.function.__name__}")


@pytest.fixture
def ran(notebook: Notebook) -> Notebook:
    """The notebook after Run All Cells."""
    notebook.run_all()
    return notebook


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say, and keep, how long the learner waits for a picture."""
    reports = [
        report for each in ("passed", "failed") for report in terminalreporter.getreports(each)
    ]
    properties = [one for report in reports for one in getattr(report, "user_properties", ())]
    measured: list[Presses] = [value for name, value in properties if name == "presses"]
    firsts = dict(value for name, value in properties if name == "first")
    if measured:
        found = summary(measured, firsts)
        terminalreporter.section("from key to picture")
        terminalreporter.write_line(text(found))
        ARTIFACTS.mkdir(parents=True, exist_ok=True)
        (ARTIFACTS / "latency.json").write_text(kept(found), encoding="utf-8")
