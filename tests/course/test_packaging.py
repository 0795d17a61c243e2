"""One set of versions wherever they are written; and commands that work or say why not."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from rattler import MatchSpec

ROOT = Path(__file__).resolve().parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
LEARNER = [Requirement(text) for text in PROJECT["project"]["dependencies"]]
EXTRAS = PROJECT["project"]["optional-dependencies"]
# What a package is called in conda-forge, where that is not its own name: "matplotlib" brings Qt.
CONDA_NAMES = {"matplotlib": "matplotlib-base"}


class Pin(NamedTuple):
    """One package of a lock: its version, where it is wanted, and the digests of its files."""

    version: str
    marker: str
    hashes: frozenset[str]


PIN = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[\w.!+]+)(?: ; (?P<marker>[^\\]+?))?$")
HASH = re.compile(r"--hash=(sha256:[0-9a-f]{64})$")


def read_lock(name: str) -> dict[str, Pin]:
    """Read a lock strictly: pins with hashes and comments, nothing else."""
    pins: dict[str, Pin] = {}
    text = re.sub(r"^#.*\n", "", (ROOT / name).read_text(), flags=re.MULTILINE)
    for entry in text.replace("\\\n", "\n    ").split("\n"):
        entry = entry.strip()
        if pin := PIN.match(entry):
            assert pin["name"] not in pins, f"{name} pins {pin['name']} twice"
            current = pin["name"]
            pins[current] = Pin(pin["version"], pin["marker"] or "", frozenset())
        elif entry:
            digest = HASH.match(entry)
            assert digest, f"{name}: {entry!r} is neither a pin nor a hash"
            pins[current] = pins[current]._replace(hashes=pins[current].hashes | {digest[1]})
    return pins


LOCK = read_lock("requirements.lock")
TEST_LOCK = read_lock("requirements-test.lock")
SITE_LOCK = read_lock("requirements-site.lock")
BENCH_LOCK = read_lock("requirements-bench.lock")
LOCKS = tuple(f"requirements{part}.lock" for part in ("", "-test", "-bench", "-site"))


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_place(name: str) -> None:
    text = (ROOT / name).read_text()
    assert not re.search(r"://|file:|--(extra-)?index|--find-links|^ *[./~]", text, re.MULTILINE)


@pytest.mark.parametrize(
    "lock", [LOCK, TEST_LOCK, BENCH_LOCK, SITE_LOCK], ids=["learner", "test", "bench", "site"]
)
def test_every_pin_has_hashes(lock: dict[str, Pin]) -> None:
    assert len(lock) > 50  # JupyterLab alone needs more
    assert [name for name, pin in lock.items() if not pin.hashes] == []


def test_no_lock_holds_what_only_makes_everything_late() -> None:
    """`import jsonschema` works out a grammar for two seconds, if it finds one."""
    for name in LOCKS:
        assert not {"rfc3987-syntax", "lark"} & read_lock(name).keys(), name


def test_the_learner_installs_five_packages() -> None:
    assert sorted(requirement.name for requirement in LEARNER) == [
        "anywidget",
        "ipywidgets",
        "jupyterlab",
        "matplotlib",
        "numpy",
    ]


@pytest.mark.parametrize("requirement", LEARNER, ids=str)
def test_lock_holds_what_the_learner_needs(requirement: Requirement) -> None:
    pin = LOCK[canonicalize_name(requirement.name)]
    assert pin.version in requirement.specifier
    assert pin.marker == ""  # on every platform and Python


@pytest.mark.parametrize(
    "text", [t for name, texts in EXTRAS.items() if name != "bench" for t in texts]
)
def test_test_lock_holds_the_extras(text: str) -> None:
    requirement = Requirement(text)
    assert TEST_LOCK[canonicalize_name(requirement.name)].version in requirement.specifier


def test_bench_lock_is_the_tests_and_the_peers() -> None:
    peers = {canonicalize_name(Requirement(text).name) for text in EXTRAS["bench"]}
    assert {name: pin for name, pin in BENCH_LOCK.items() if name not in peers} == TEST_LOCK
    assert peers <= BENCH_LOCK.keys()


@pytest.mark.parametrize("text", EXTRAS["site"])
def test_site_lock_holds_the_extra(text: str) -> None:
    requirement = Requirement(text)
    assert SITE_LOCK[canonicalize_name(requirement.name)].version in requirement.specifier


def test_site_lock_agrees_with_the_tests() -> None:
    for name, pin in SITE_LOCK.items():
        assert (pin.version, pin.hashes) == (TEST_LOCK[name].version, TEST_LOCK[name].hashes), name


def test_locks_hold_what_builds_the_project() -> None:
    """So that `pip install --no-build-isolation -e .` downloads nothing."""
    for requirement in map(Requirement, PROJECT["build-system"]["requires"]):
        assert LOCK[requirement.name].version in requirement.specifier


def test_test_lock_agrees_with_the_learners() -> None:
    for name, pin in LOCK.items():
        theirs = TEST_LOCK[name]
        assert (pin.version, pin.hashes) == (theirs.version, theirs.hashes), name
        assert theirs.marker in (pin.marker, ""), name  # a tool may want it on more platforms


def test_lock_is_for_every_platform() -> None:
    """Windows and macOS need packages that Linux does not: a lock of one platform lacks them."""
    for name, platform in {"pywinpty": "nt", "appnope": "darwin", "pexpect": "linux"}.items():
        environment = {"os_name": platform, "sys_platform": platform}
        assert Marker(LOCK[name].marker).evaluate(environment)


SUPPORTED = [
    text.rpartition(" ")[2]
    for text in PROJECT["project"]["classifiers"]
    if re.search(r":: Python :: 3\.\d+$", text)
]


def test_conda_and_binder_get_the_versions_of_the_lock() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    assert environment["channels"] == ["conda-forge"]
    specs = map(MatchSpec, environment["dependencies"])
    versions = {str(spec).split()[0]: spec.version for spec in specs}
    python = (versions.pop("python") or "").removesuffix(".*")
    assert python in SUPPORTED
    assert versions.pop("pip") is None  # any
    assert versions == {
        CONDA_NAMES.get(r.name, r.name): f"=={LOCK[canonicalize_name(r.name)].version}"
        for r in LEARNER
    }


def test_binder_installs_the_course_last() -> None:
    """What copies the repository before it installs, `-e .` in environment.yml, loses the cache."""
    assert os.access(ROOT / "postBuild", os.X_OK)
    assert "pip install --no-deps -e ." in (ROOT / "postBuild").read_text()


def test_everything_names_the_same_oldest_python() -> None:
    oldest = min(SUPPORTED, key=lambda text: int(text.partition(".")[2]))
    assert PROJECT["project"]["requires-python"] == f">={oldest}"
    assert PROJECT["tool"]["mypy"]["python_version"] == oldest
    assert PROJECT["tool"]["ruff"]["target-version"] == "py" + oldest.replace(".", "")
    assert f"MINIMUM = ({oldest.replace('.', ', ')})" in (ROOT / "tools/setup.py").read_text()
    assert f"--python-version {oldest} " in (ROOT / "Makefile").read_text()


# --- the commands, run for real on a copy that has no .venv ---------------------------------------


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    for name in ("Makefile", "pyproject.toml", *LOCKS):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run this Python, with no pip settings but those given."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "PYTHON"))}
    return subprocess.run(
        [sys.executable, *arguments],
        env={**inherited, "PIP_CONFIG_FILE": os.devnull, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )


def assert_one_sentence(result: subprocess.CompletedProcess[str], *words: str) -> None:
    """A failure ends with status 1 and one line that names the trouble: no traceback, no noise."""
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1, result.stderr
    for word in words:
        assert word in result.stderr


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 15), (3, 10, 13)], ids=str)
def test_an_old_python_is_turned_away(fresh: Path, version: tuple[int, ...]) -> None:
    """This Python, posing as an older one: what it runs is the real script."""
    pose = (
        "import sys, runpy; version = '.'.join(map(str, {0})); sys.version = version + ' (old)';"
        "sys.version_info = {0}; runpy.run_path({1!r}, run_name='__main__')"
    )
    result = run("-c", pose.format(version, str(fresh / "tools/setup.py")))
    assert_one_sentence(result, "Python 3.11 or newer", ".".join(map(str, version)))
    assert not (fresh / ".venv").exists()


def test_an_old_python_can_read_the_script_that_turns_it_away() -> None:
    """Nothing newer than Python 2.7 in its syntax: no annotation, no f-string, only ASCII."""
    source = (ROOT / "tools/setup.py").read_bytes().decode("ascii")
    tree = ast.parse(source, feature_version=(3, 4))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr | ast.AnnAssign)]


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_a_python_without_venv_is_told_the_package(fresh: Path, missing: str) -> None:
    """Debian parts these modules from Python; a sitecustomize takes them away here."""
    (fresh / "sitecustomize.py").write_text(f"import sys; sys.modules[{missing!r}] = None\n")
    result = run(str(fresh / "tools/setup.py"), PYTHONPATH=str(fresh))
    assert_one_sentence(result, "apt install python3-venv")
    assert not (fresh / ".venv").exists()


@pytest.mark.exhaustive
def test_a_broken_environment_is_made_anew_and_no_network_is_said(fresh: Path) -> None:
    """First the Python that it was made with has gone; then it is whole, and empty.

    Nobody listens on port 9 of this machine: as far as pip knows, the network is down.
    """
    python = fresh / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.symlink_to(fresh / "gone")
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "0", "PIP_TIMEOUT": "1"}
    for attempt in ("first", "second"):
        result = run(str(fresh / "tools/setup.py"), **nowhere)
        assert_one_sentence(result, "requirements.lock", "Is there a network?")
        assert ("Making .venv" in result.stdout) == (attempt == "first")
    assert subprocess.run([python, "-c", "import pip"]).returncode == 0


def test_a_word_that_is_no_command() -> None:
    assert_one_sentence(run(str(ROOT / "tools/setup.py"), "lba"), "`lba`", "setup, lab")


installed_by_the_tool = pytest.mark.skipif(
    not (ROOT / ".venv-test/requirements-test.lock.installed").exists(),
    reason="needs the .venv-test of `make setup-test`, not one made by other means",
)


@installed_by_the_tool
def test_a_second_call_needs_no_network() -> None:
    result = run(str(ROOT / "tools/setup.py"), "test", PIP_INDEX_URL="http://127.0.0.1:9/")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == ".venv-test holds what requirements-test.lock says.\n"
