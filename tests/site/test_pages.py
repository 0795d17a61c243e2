"""Every page: opened from a folder without a network, wide and narrow, light and dark."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from coursework.exercises import of_notebook
from coursework.site.weight import MOST_BYTES, weight

from .conftest import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from .open import Opened

NOTEBOOKS = [path.stem for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]-*.ipynb"))]
GUIDES = [f"docs/{path.stem}" for path in sorted((ROOT / "docs").glob("*.md"))]
PAGES = [
    *("index", "minutes", "search", "notebooks/glossary"),
    *(f"notebooks/{name}" for name in NOTEBOOKS),
    *GUIDES,
]
# A page of each kind; all of them by `make test-site`.
USUAL = ("00-start-here", "04-multi-level-paging", "glossary", "index", "minutes", "search")


def _pages(names: list[str]) -> pytest.MarkDecorator:
    """Ask for every page; those that are like others only where there is time."""
    rare = {name for name in names if not name.endswith(USUAL)}
    marks = {name: [pytest.mark.exhaustive] * (name in rare) for name in names}
    return pytest.mark.parametrize("name", [pytest.param(n, marks=marks[n]) for n in names])


each_page, each_notebook = _pages(PAGES), _pages(NOTEBOOKS)


def test_every_page_of_the_site_is_opened_here(site: Path) -> None:
    found = {str(path.relative_to(site).with_suffix("")) for path in site.rglob("*.html")}
    assert found == set(PAGES)


def test_no_page_is_heavy(site: Path) -> None:
    """With all that it can load; what it loads is there, and something on each page is."""
    weights = {path.name: weight(path) for path in site.rglob("*.html")}
    assert {name: bytes_ for name, bytes_ in weights.items() if bytes_ > MOST_BYTES} == {}
    assert min(weights.values()) > 100_000  # the theme and the letters alone


@each_page
def test_a_page_asks_nobody_and_is_fit_for_all(name: str, opened: Opened) -> None:
    """No request, no error, no finding of axe, light or dark; no scrolling sideways on a phone."""
    from axe_playwright_python.sync_playwright import Axe

    opened.open(f"{name}.html")
    page = opened.page
    asked = {"preload": False}  # from a folder, axe may not fetch style sheets
    found = Axe().run(page, options=asked).response["violations"]
    page.emulate_media(color_scheme="dark")
    asked = {"preload": False, "runOnly": ["color-contrast"]}
    found += Axe().run(page, options=asked).response["violations"]
    said = [(each["id"], node["html"][:200]) for each in found for node in each["nodes"]]
    assert said == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    pictures = page.locator("img")
    for alt, wide in zip(
        pictures.evaluate_all("all => all.map(one => one.alt)"),
        pictures.evaluate_all("all => all.map(one => one.naturalWidth !== 0 || !one.complete)"),
        strict=True,
    ):
        assert alt.strip()
        assert wide, alt
    assert opened.wrong == []


@each_notebook
def test_a_notebook_can_be_opened_where_it_runs(name: str, opened: Opened) -> None:
    opened.open(f"notebooks/{name}.html")
    launch = opened.page.locator(".launch")
    assert f"notebooks/{name}.ipynb" in str(launch.get_by_text("Binder").get_attribute("href"))
    assert "codespaces" in str(launch.get_by_text("Codespaces").get_attribute("href"))
    assert (opened.site / "notebooks" / f"{name}.ipynb").exists()
    launch.get_by_text("JupyterHub").click()
    launch.get_by_label("Address of your hub").fill("https://hub.example.org/")
    opened.page.evaluate("window.open = url => { window.asked = url; }")
    launch.get_by_text("Open there").click()
    asked = opened.page.evaluate("window.asked")
    assert asked.startswith("https://hub.example.org/hub/user-redirect/git-pull?repo=https%3A")


def test_the_site_is_searched_without_a_server(opened: Opened) -> None:
    opened.open("index.html")
    opened.page.get_by_role("textbox", name="Search").fill("shootdown")
    opened.page.keyboard.press("Enter")
    opened.page.locator("ul.search li").first.wait_for()
    assert "TLB" in opened.page.locator("ul.search").inner_text()
    assert opened.wrong == []


def test_minutes_lead_to_notebooks(opened: Opened) -> None:
    """The episodes' minutes are those that the notebooks name; each leads to its page."""
    opened.open("minutes.html")
    row = opened.page.get_by_role("row").filter(has_text="33:00–46:00")
    row.get_by_role("link").click()
    assert opened.page.url.endswith("notebooks/06-tlb.html")


def test_without_a_script_pages_are_read(site: Path, chromium: Browser) -> None:
    """Pictures with their sentences, bets with a fold for each answer."""
    context = chromium.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    for name in NOTEBOOKS:
        page.goto((site / "notebooks" / f"{name}.html").as_uri())
        for box in page.locator(".explorer").all():
            assert box.locator("img").get_attribute("alt") == box.locator(".readout").text_content()
        for bet in page.locator(".bet").all():
            assert bet.locator("details").count() >= 2
    context.close()


@each_notebook
def test_what_a_page_cannot_do_is_said(name: str, opened: Opened) -> None:
    """Labs say that they are recorded; exercises show the problem of guest, stub and hints."""
    opened.open(f"notebooks/{name}.html")
    article = opened.page.locator("article")
    text = str(article.evaluate("article => article.textContent"))
    assert "counted live by" not in text
    for lab in article.locator(".lab details").all():
        assert "recorded on Linux" in str(lab.text_content())
    asked = "Twenty questions" in text, "Still there?" in text, "until you have chosen" in text
    assert text.count("answered in the notebook") == sum(asked)
    exercises = of_notebook(name[:2])
    assert text.count("Drawn for guest") == text.count("○ Not started ·") == len(exercises)
    for exercise in exercises:
        assert f'problem("{exercise.id}")' in text
    assert text.count("Hint 1 of") >= len(exercises)
    assert "BEGIN SOLUTION" not in text
