"""The doctor tries in earnest: what it tries works without a box, and in no box that it takes."""

import json
import os
import shutil
import subprocess
import sys
from inspect import getsource
from pathlib import Path

import pytest

from coursework.grading import box as boxes
from coursework.grading.box import KINDS, Box, NoBox, _closed_to_others
from coursework.grading.doctor import bait, examine, find_box
from coursework.grading.escapes import ESCAPES

ROOT = Path(__file__).parents[2]

# These would take the machine's memory, disk or processes, or need somebody else to become.
_HARMLESS = [
    each
    for each in ESCAPES
    if each.__name__ not in ("start_processes", "take_memory", "fill_disk", "become_root")
]


@pytest.mark.parametrize("escape", _HARMLESS, ids=lambda each: each.__name__)
def test_what_is_tried_works_without_a_box(escape):
    """So the doctor would see it, if a box let it through."""
    with bait() as (at, harmed):
        source = getsource(escape) + f"\nprint(bool({escape.__name__}({json.dumps(at)})))"
        command = [sys.executable, "-c", f"from typing import Any\nAt = dict\n{source}"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
        got = done.stdout.strip() == "True"
        if escape.__name__ == "make_namespace" and not got:
            pytest.skip("this machine lets nobody make a namespace")
        assert got or harmed(), done.stderr


def test_nothing_gets_out_of_a_box(box, kit_folder):
    examined = examine(box.kind, kit_folder)
    assert examined.holds, [what for what, escaped in examined.escaped.items() if escaped]
    assert len(examined.escaped) == len(ESCAPES)


def test_a_box_that_lets_something_out_does_not_hold(box, kit_folder, monkeypatch):
    if box.kind != "bubblewrap":
        pytest.skip("holes are made in the other one")
    real = boxes._bubblewrap

    def leaky(kit, limits):
        command = real(kit, limits)
        at = command.index("--chdir")
        return [*command[: at - 2], "--bind", "/tmp", "/tmp", *command[at:]]

    monkeypatch.setattr(boxes, "_bubblewrap", leaky)
    word = f"a-leaky-box-{os.getpid()}"
    monkeypatch.setattr("coursework.grading.doctor.secrets.token_hex", lambda size: word)
    escaped = {what for what, out in examine("bubblewrap", kit_folder).escaped.items() if out}
    assert {"read a file of the grader's", "fill the disk"} <= escaped
    assert not [*Path("/tmp").glob(f"{word}-*")]  # 64 MiB, in each run of these tests


def test_the_best_box_is_taken(box, kit_folder):
    better = KINDS[: KINDS.index(box.kind)]
    assert find_box(kit_folder).kind in (box.kind, *better)


@pytest.mark.long
@pytest.mark.parametrize("version", [1, 3, 4, 5])
def test_the_reduced_box_holds_with_an_older_kernel(version, box, kit_folder, tmp_path):
    """What older versions of Landlock let through, the filter of system calls refuses."""
    if box.kind != "reduced":
        pytest.skip("the other box does without Landlock")
    older = shutil.copytree(kit_folder, tmp_path / "kit")
    landlock = older / "coursework/grading/inside/landlock.py"
    known = landlock.read_text()
    landlock.write_text(
        known.replace("return max(", f"return min({version}, ").replace(", 0)\n", ")\n", 1)
    )
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    examined = examine("reduced", older)
    assert examined.holds, [what for what, escaped in examined.escaped.items() if escaped]


def test_without_a_box_nothing_is_graded(kit_folder, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("coursework.grading.inside.landlock.version", lambda: 0)
    with pytest.raises(NoBox, match="bwrap is not installed; reduced: this kernel has no Landlock"):
        find_box(kit_folder)


def test_a_box_that_does_not_start_is_no_box(kit_folder, monkeypatch):
    monkeypatch.setattr(boxes, "_bubblewrap", lambda kit, limits: ["/bin/false"])
    monkeypatch.setattr("coursework.grading.inside.landlock.version", lambda: 0)
    with pytest.raises(NoBox, match="Python does not start in it"):
        find_box(kit_folder)


def _doctor(*wrapped: str) -> subprocess.CompletedProcess[str]:
    """Run the doctor by way of another command, for which Python and the course can be read."""
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    for program in ("bwrap", "setpriv"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    show = ["bwrap", "--dev-bind", "/", "/"]
    closed = _closed_to_others(Path(sys.base_prefix))
    if closed is not None:
        show += ["--tmpfs", str(closed)]
        for tree in (Path(sys.base_prefix), Path(sys.prefix), ROOT):
            if tree.is_relative_to(closed):
                for up in reversed(tree.parents):
                    show += ["--dir", str(up)] if up.is_relative_to(closed) else []
                show += ["--ro-bind", str(tree), str(tree)]
    command = [*show, "--", *wrapped, sys.executable, "-m", "coursework", "doctor"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, capture_output=True, text=True, cwd="/", env=environment)


_ORDINARY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


@pytest.mark.long
def test_an_ordinary_user_has_a_box_or_is_told_how_to_get_one():
    done = _doctor(*_ORDINARY)
    last = done.stdout.splitlines()[-2]
    assert last.startswith("✓ `grade` uses "), done
    if "bubblewrap: holds" in done.stdout:
        assert last == "✓ `grade` uses bubblewrap"
    else:
        assert "because bubblewrap does not work here: " in last
        assert "Run the grader as root" in done.stdout


@pytest.mark.long
def test_a_container_without_namespaces_has_the_reduced_box_and_is_told_why():
    done = _doctor("bwrap", "--unshare-user", "--disable-userns", "--dev-bind", "/", "/", "--")
    assert "reduced: holds" in done.stdout, done
    assert "✗ bubblewrap: Python does not start in it: bwrap: " in done.stdout
    assert "  A container usually forbids namespaces. Start it with --cap-add" in done.stdout
    assert "`grade` uses reduced: for a class that one trusts, because bubblewrap" in done.stdout


@pytest.mark.long
def test_a_container_as_docker_makes_it_has_the_reduced_box():
    """Its root has few capabilities, and may neither mount nor make a namespace."""
    kept = "chown,dac_override,fowner,fsetid,kill,setgid,setuid,setpcap,net_bind_service,setfcap"
    few = ",".join(f"+{each}" for each in kept.split(","))
    done = _doctor("setpriv", f"--bounding-set=-all,{few}", f"--inh-caps=-all,{few}")
    assert "reduced: holds" in done.stdout, done
    assert "✗ bubblewrap: Python does not start in it: bwrap: " in done.stdout


def test_labels_tell_the_boxes_apart():
    assert Box("bubblewrap").label == "bubblewrap"
    assert "reduced" in Box("reduced").label
