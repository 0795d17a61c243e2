"""What a visitor of the repository finds: links that lead somewhere, versions that agree."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
TEXTS = sorted(
    path
    for pattern in ("*.md", ".github/**/*.md", "docs/*.md", "lessons/*.md")
    for path in ROOT.glob(pattern)
)
LINK = re.compile(r"\]\(([^)\s]+)\)")
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


def anchors(path: Path) -> set[str]:
    """The names that a code host gives to the headings of a text."""
    headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_within_the_repository_leads_somewhere(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)
    text = re.sub(r"`[^`\n]*`", "", text)
    for link in LINK.findall(text):
        if re.match(r"https?:|mailto:|attachment:", link):
            continue
        target, _, anchor = link.partition("#")
        # a lesson is read beside the other notebooks, and beside the built glossary
        folder = ROOT / "notebooks" if path.parent.name == "lessons" else path.parent
        there = folder / target if target else path
        assert there.exists(), f"{link} leads nowhere"
        if anchor and there.suffix == ".md":
            assert anchor in anchors(there), f"{there.name} has no heading {anchor}"


def test_one_version_everywhere() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert str(citation["version"]) == VERSION
    assert f"## {VERSION} ({citation['date-released']})" in (ROOT / "CHANGELOG.md").read_text(
        "utf-8"
    )


def test_a_workflow_and_a_container_do_what_the_readme_says() -> None:
    workflow = (ROOT / ".github/workflows/test.yml").read_text("utf-8")
    makefile = (ROOT / "Makefile").read_text("utf-8")
    steps = [step for job in yaml.safe_load(workflow)["jobs"].values() for step in job["steps"]]
    for command in (step["run"] for step in steps if "run" in step):
        tool, _, target = command.removeprefix("sudo ").partition(" ")
        assert (ROOT / tool).exists() or f"\n{target}:" in makefile, command
    container = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text("utf-8"))
    made = ROOT / ".devcontainer" / container["build"]["dockerfile"]
    assert made.exists()
    assert f"\n{container['postCreateCommand'].removeprefix('make ')}:" in makefile
    # what .ci/run would fetch for the tests is there
    for package in ("chromium", "bubblewrap", "make"):
        assert package in made.read_text("utf-8")
