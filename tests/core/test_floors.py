"""The floors: a module imports only from below; pictures and widgets load only when used."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Modules of one floor may import each other, but not in a circle; nor may the files of a module,
# be it for types only. A module has one floor for all its files; a new module is given one here.
FLOORS = {
    "units": 0, "markup": 0, "checks": 0, "arch": 0, "traces": 0, "costs": 0, "machines": 0,
    "copies": 0, "questions": 0,
    "memory": 1, "reuse": 1, "replacement": 1,
    "tables": 2, "tlb": 2, "segments": 2,
    "mmu": 3,
    "kernel": 4,
    "host": 5, "incidents": 5,
    "draw": 6,
    "evidence": 7, "scenes": 7,
    "explorer": 8,
}  # fmt: skip
# The lowest floor that may use what is not in the standard library; nothing else may be used.
FROM_FLOOR = {
    "numpy": 0,
    "matplotlib": 6,
    "PIL": 6,  # matplotlib brings it
    "ipywidgets": 8,
    "anywidget": 8,
    "traitlets": 8,
    "IPython": 8,
}
WIDGETS = {"ipywidgets", "anywidget"}


class Import(NamedTuple):
    """One name that a file imports: where, and its absolute dotted name."""

    line: int
    name: str


def imports(path: Path, root: Path) -> list[Import]:
    """Find every import of a file, in functions, under TYPE_CHECKING and by name too."""
    package = path.relative_to(root).with_suffix("").parts[:-1]
    return _imports(path.read_text(), package)


@cache
def _imports(source: str, package: tuple[str, ...]) -> list[Import]:
    return [*_found(ast.parse(source), package)]


def _found(tree: ast.Module, package: tuple[str, ...]) -> Iterator[Import]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Import(node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (Import(node.lineno, f"{base}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and "import" in _called(node.func):
            named = [argument for argument in node.args[:1] if isinstance(argument, ast.Constant)]
            yield from (Import(node.lineno, argument.value) for argument in named)


def _called(function: ast.expr) -> str:
    match function:
        case ast.Name(name):
            return name
        case ast.Attribute(of, name):
            return f"{_called(of)}.{name}"
    return ""


def complain_of(found: Import, module: str) -> str | None:
    """Say what is wrong with one import of a module of `pagesim`, if anything is."""
    top, _, rest = found.name.partition(".")
    unit, floor = rest.partition(".")[0], FLOORS[module]
    if top == "pagesim":
        if unit not in FLOORS:
            return f"takes {unit or 'all'} from the front door; import the module that has it"
        if FLOORS[unit] > floor:
            return f"is on floor {floor} and imports {unit} from floor {FLOORS[unit]}"
    elif top not in sys.stdlib_module_names:
        lowest = FROM_FLOOR.get(top)
        if lowest is None:
            return f"imports {found.name}"
        if lowest > floor:
            return f"is on floor {floor} and imports {top}, which is for floor {lowest} and above"
    return None


def complaints(root: Path) -> list[str]:
    """Check all files of both packages below `root`."""
    wrong, uses = [], {}
    for path in sorted((root / "pagesim").rglob("*.py")):
        where = path.relative_to(root)
        module = where.with_suffix("").parts[1]
        if module == "__init__":
            continue  # the front door may show everything
        if module not in FLOORS:
            wrong.append(f"{where}: module {module!r} has no floor; give it one in {__file__}")
            continue
        for found in imports(path, root):
            if complaint := complain_of(found, module):
                wrong.append(f"{where}:{found.line} {complaint}")
            top, _, rest = found.name.partition(".")
            if top == "pagesim" and (unit := rest.partition(".")[0]) != module:
                uses.setdefault(module, set()).add(unit)
    for path in sorted((root / "coursework").rglob("*.py")):
        for found in imports(path, root):
            if found.name.partition(".")[0] in WIDGETS:
                where = path.relative_to(root)
                wrong.append(f"{where}:{found.line} imports {found.name}; widgets are explorer's")
    for what, graph in (("modules", uses), ("files", files_used(root))):
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            wrong.append(f"{what} import each other in a circle: {' <- '.join(error.args[1])}")
    return wrong


def files_used(root: Path) -> dict[str, set[str]]:
    """List for each file of both packages, by its dotted name, the files that it imports."""
    files = {}
    for top in ("pagesim", "coursework"):
        for path in sorted((root / top).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            files[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    used = {}
    for name, path in files.items():
        # `from .a import b` takes the file a/b.py if there is one, else something of a's own.
        named = {found.name for found in imports(path, root)}
        used[name] = {one if one in files else one.rpartition(".")[0] for one in named} & set(files)
        used[name].discard(name)
    return used


def test_every_module_imports_only_from_below():
    assert complaints(ROOT) == []


def test_every_floor_that_is_built_was_looked_at():
    built = {
        path.relative_to(ROOT).with_suffix("").parts[1] for path in (ROOT / "pagesim").rglob("*.py")
    }
    assert {"units", "arch", "tables", "mmu", "draw", "scenes", "explorer"} <= built
    assert list(imports(ROOT / "pagesim/tables/bulk.py", ROOT))


@pytest.mark.parametrize(
    ("file", "source", "complaint"),
    [
        ("pagesim/memory.py", "from .tables import RadixTable", "floor 1 and imports tables from"),
        ("pagesim/memory.py", "import pagesim.mmu", "floor 1 and imports mmu from floor 3"),
        ("pagesim/tables/walk.py", "from ..mmu import Mmu", "floor 2 and imports mmu from floor 3"),
        ("pagesim/tables/walk.py", "from .. import mmu", "floor 2 and imports mmu from floor 3"),
        ("pagesim/tables/walk.py", "def f():\n    from pagesim.mmu import Mmu", "walk.py:2 is on"),
        ("pagesim/arch/pte.py", "from pagesim import RadixTable", "RadixTable from the front door"),
        ("pagesim/arch/pte.py", "from .. import RadixTable", "RadixTable from the front door"),
        ("pagesim/arch/pte.py", "import pagesim", "takes all from the front door"),
        ("pagesim/kernel/vma.py", "import matplotlib.pyplot", "matplotlib, which is for floor 6"),
        ("pagesim/scenes/walk.py", "import ipywidgets", "ipywidgets, which is for floor 8"),
        ("pagesim/scenes/walk.py", "from anywidget import AnyWidget", "anywidget, which is for"),
        ("pagesim/mmu.py", "import pandas as pd", "imports pandas"),
        ("pagesim/mmu.py", "from coursework import check", "imports coursework.check"),
        ("pagesim/explorer/bets.py", "import coursework", "imports coursework"),
        (
            "pagesim/mmu.py",
            "importlib.import_module('pagesim.host.lab')",
            "imports host from floor",
        ),
        ("pagesim/mmu.py", "__import__('matplotlib')", "matplotlib, which is for floor 6"),
        ("pagesim/novelty.py", "", "module 'novelty' has no floor; give it one in"),
        ("pagesim/novelty/__init__.py", "", "module 'novelty' has no floor; give it one in"),
        ("coursework/card.py", "import ipywidgets", "widgets are explorer's"),
    ],
)
def test_what_breaks_the_rule_is_named(tmp_path, file, source, complaint):
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    path.write_text(source)
    wrong = complaints(tmp_path)
    assert [line for line in wrong if complaint in line and line.startswith(file)], wrong


def test_a_circle_on_one_floor_is_named(tmp_path):
    (tmp_path / "pagesim").mkdir()
    (tmp_path / "pagesim/costs.py").write_text("from .arch import PagingMode")
    assert complaints(tmp_path) == []
    (tmp_path / "pagesim/arch.py").write_text("from .costs import table_bytes")
    modules, files = complaints(tmp_path)
    assert modules.startswith("modules import each other in a circle")
    assert files.startswith("files import each other in a circle")


def test_a_circle_of_modules_is_one_even_if_no_file_is_in_a_circle(tmp_path):
    for name, source in {
        "costs/bytes.py": "from ..arch import mode",
        "costs/words.py": "",
        "arch/mode.py": "",
        "arch/said.py": "from ..costs import words",
    }.items():
        (tmp_path / "pagesim" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "pagesim" / name).write_text(source)
    (circle,) = complaints(tmp_path)
    assert circle.startswith("modules import each other in a circle")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("from .b import B", "from .a import A"),
        ("from .b import B", "def f():\n    from .a import A"),
        ("from . import b", "if TYPE_CHECKING:\n    from . import a"),
        ("import pagesim.kernel.b", "from ..kernel.a import A"),
        ("from . import B", ""),  # from the package that imports this very file
    ],
)
def test_a_circle_of_files_is_named(tmp_path, one, other):
    folder = tmp_path / "pagesim/kernel"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("from .a import A")
    (folder / "a.py").write_text(one)
    (folder / "b.py").write_text("")
    if other:
        assert complaints(tmp_path) == []
        (folder / "b.py").write_text(other)
    (circle,) = complaints(tmp_path)
    assert circle.startswith("files import each other in a circle: pagesim.kernel")


def test_every_file_of_both_packages_was_looked_at():
    used = files_used(ROOT)
    assert "pagesim.kernel.space" in used["pagesim.kernel.forking"]
    assert "pagesim.arch" in used["pagesim.kernel.table"]
    assert any(name.startswith("coursework.exercises.nb08") for name in used)
    assert sum(map(len, used.values())) > 500


def loaded_by(statement: str) -> set[str]:
    """Run a statement in a fresh Python and list the packages it loaded."""
    code = f"import sys; {statement}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    return set(done.stdout.decode().split())


def built(upto: int) -> str:
    """Write the statement that imports every module up to a floor."""
    there = [
        name
        for name, floor in FLOORS.items()
        if floor <= upto and list((ROOT / "pagesim").glob(f"{name}*"))
    ]
    return "import " + ", ".join(f"pagesim.{name}" for name in there)


@pytest.mark.long
@pytest.mark.parametrize(
    ("statement", "not_loaded"),
    [
        (built(upto=5), {"matplotlib", "coursework", *WIDGETS, "IPython"}),
        (built(upto=7), {"coursework", *WIDGETS, "IPython"}),
        ("import coursework", WIDGETS),
    ],
    ids=["front door and floors 0-5", "floors 0-7", "coursework"],
)
def test_pictures_and_widgets_load_only_when_used(statement, not_loaded):
    loaded = loaded_by(statement)
    assert "numpy" in loaded or "coursework" in loaded
    assert not loaded & not_loaded


@pytest.mark.long
def test_the_front_door_fetches_widgets_when_they_are_asked_for():
    assert {"matplotlib", *WIDGETS} <= loaded_by("from pagesim import bet, explore")
