"""The examples of docs/contributing.md are built and run as they stand."""

import os
import re
import subprocess
import sys
import types
from pathlib import Path

import pytest

from pagesim import Kernel, draw
from pagesim.draw import Stage
from pagesim.kernel.reclaim import Reclaim
from pagesim.replacement import POLICIES, simulate

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/contributing.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"```python\n# file: ([^\n]+)\n(.*?)```", GUIDE, re.DOTALL))


@pytest.fixture
def built(monkeypatch):
    """Run the block for a file, as the module that it would be."""

    def build(file):
        module = types.ModuleType(file.removesuffix(".py").replace("/", "."))
        monkeypatch.setitem(sys.modules, module.__name__, module)
        exec(compile(BLOCKS[file], file, "exec"), module.__dict__)
        return module

    return build


def test_every_room_is_there():
    rooms = re.findall(r"^\| (`.+?) \|", GUIDE, re.MULTILINE)
    named = [path for room in rooms for path in re.findall(r"`([^`]+)`", room)]
    assert len(named) > 15
    assert [path for path in named if not (ROOT / path).exists()] == []
    packages = {path.parent.name for path in (ROOT / "pagesim").glob("*/__init__.py")}
    assert {f"pagesim/{name}" for name in packages} <= set(named)


def test_what_the_ways_name_exists():
    """Files and functions on the four ways through the code."""
    ways = GUIDE.partition("## Four ways")[2].partition("\n## ")[0]
    source = "\n".join(
        path.read_text(encoding="utf-8")
        for package in ("pagesim", "coursework")
        for path in (ROOT / package).rglob("*.py")
    )
    files = re.findall(r"`((?:\w+/)*\w+\.(?:py|js))`", ways)
    assert len(files) > 10
    there = {
        path.name for package in ("pagesim", "coursework") for path in (ROOT / package).rglob("*.*")
    }
    assert [file for file in files if Path(file).name not in there] == []
    calls = re.findall(r"`(?:\w+\.)?(_?[a-z]\w+)`", ways)
    called = [name for name in calls if not re.search(rf"\b{name}\b", source)]
    assert called == []


def test_the_table_of_colours_is_the_codes():
    text = (ROOT / "docs/visual-language.md").read_text(encoding="utf-8")
    row = r"\| `(#\w{6})` \| `(#\w{6})` \|[^|]*\| `([A-Z]+)`"
    rows = {name: (line, fill) for line, fill, name in re.findall(row, text)}
    assert len(rows) == 6
    for name, (line, fill) in rows.items():
        hue = getattr(draw, name)
        assert (hue.line.upper(), hue.fill.upper()) == (line, fill)
    plain = dict(re.findall(r"`(#\w{6})` \(`([A-Z]+)`\)", text))
    assert {name: getattr(draw, name).upper() for name in plain.values()} == {
        name: hex_ for hex_, name in plain.items()
    }


def test_the_scene(built):
    scene = built("pagesim/scenes/pages/last_page.py").LastPage()
    stage = Stage(scene)
    assert stage.show(kib=9) == "9 KiB take 3 pages, of whose last one 3 KiB hold nothing."
    assert stage.show(kib=1) == "1 KiB take 1 page, of whose last one 3 KiB hold nothing."
    assert stage.show(kib=32) == "32 KiB take 8 pages, of whose last one 0 B hold nothing."
    assert stage.png().startswith(b"\x89PNG")
    assert scene.hit(0.6, 1.5, kib=9) == {"kib": 4}


def test_the_exercise(built):
    from coursework.judge import judge

    exercise = built("coursework/exercises/nb03/pages_of.py").EXERCISE
    assert (exercise.id, exercise.notebook) == ("pages-of", "03")
    data = exercise.problem("guest")
    answer = {"pages": -(-data["bytes"] // 4096), "waste": -data["bytes"] % 4096}
    assert judge(exercise, data, answer) == 1
    down = {"pages": data["bytes"] // 4096, "waste": data["bytes"] % 4096}
    assert "rounded down" in judge(exercise, data, down).text
    assert "rounded down" not in judge(exercise, data, answer | {"pages": down["pages"]}).text


def test_the_mode(built):
    module = built("a mode of 3 + 4 bits and 64-byte pages, with entries of 2 bytes")
    assert module.TOY13.va_bits == 13
    assert module.TOY13.split(0x1A47) == ((0b110, 0b1001), 7)
    assert module.walk.pa == module.page * 64 + 7
    assert len(module.walk.steps) == 2


def test_the_policy(built, monkeypatch):
    policy = built("pagesim/replacement/mru.py").MRU
    monkeypatch.setitem(POLICIES, "mru", policy)
    loop = [0, 1, 2, 3] * 5
    assert simulate(loop, 3, "lru").faults == 20
    assert simulate(loop, 3, "mru").faults == 4 + 5  # by hand: 3, then every third access
    assert simulate(loop, 3, "mru").timeline.victim[3] == 2
    monkeypatch.setattr(Reclaim, "POLICIES", (*Reclaim.POLICIES, "mru"))
    kernel = Kernel(ram="1 MiB", policy="mru", swap="1 MiB")
    process = kernel.spawn()
    area = process.mmap(300 << 12, "rw")
    for page in range(300):
        process.write(area.start + (page << 12))
    assert kernel.counters["pswpout"] > 0


@pytest.mark.long
def test_the_section(tmp_path):
    """In a course that has the guide's bet beside its own."""
    section = re.search(r"````markdown\n(.*?)````", GUIDE, re.DOTALL)[1]
    words = re.search(r"```toml\n(.*?)```", GUIDE, re.DOTALL)[1]
    lesson = tmp_path / "03-small.md"
    head = (ROOT / "lessons/03-page-addressed-table.md").read_text(encoding="utf-8")
    lesson.write_text(head.partition("\n# ")[0] + "\n\n" + section, encoding="utf-8")
    for package in (Path("pagesim"), Path("pagesim/data"), Path("pagesim/data/bets")):
        (tmp_path / package).mkdir()
        for file in (ROOT / package).iterdir():
            if file.name not in ("data", "bets", "__pycache__"):
                (tmp_path / package / file.name).symlink_to(file)
    (tmp_path / "pagesim/data/bets/03-small.toml").write_text(words, encoding="utf-8")
    code = (
        "import pathlib, sys\n"
        "from coursework.builder import Lesson, execute\n"
        "cells = execute(Lesson.read(pathlib.Path(sys.argv[1]))).cells\n"
        "for cell in cells:\n"
        "    for output in cell.get('outputs', []): print(output.data['text/plain'])"
    )
    path = os.pathsep.join([str(tmp_path), str(ROOT), os.environ["PYTHONPATH"]])
    ran = subprocess.run(
        [sys.executable, "-c", code, lesson],
        env={**os.environ, "PYTHONPATH": path},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    *bet, pages = ran.stdout.splitlines()
    assert "How many pages of 4 KiB does it take?" in "\n".join(bet)
    assert pages == "3"
