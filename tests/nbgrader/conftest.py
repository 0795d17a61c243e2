"""nbgrader itself, run in a course of its own."""

import os
import sys
from contextlib import contextmanager

import nbformat
import pytest
from jupyter_core.application import NoStart
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderApp


class Course:
    """A course's folder, and nbgrader's commands in it."""

    def __init__(self, folder, home):
        self.folder, self.home = folder, home

    def run(self, *arguments, where=None):
        """Run a command as the command line does, and return its exit status."""
        with _in(where or self.folder):
            app = NbGraderApp.instance()
            try:
                app.initialize([*arguments, f"--Exchange.root={self.home / 'exchange'}"])
                app.start()
            except NoStart:  # how a command says that it is done
                return 0
            except SystemExit as end:
                return end.code or 0
            finally:
                NbGraderApp.clear_instance()
        return 0

    def read(self, *parts):
        """Read a notebook of this course."""
        return nbformat.read(self.folder.joinpath(*parts), 4)

    def grades(self, assignment, student):
        """List the points of each cell that is graded, and None where somebody must read it."""
        with Gradebook(f"sqlite:///{self.folder}/gradebook.db") as book:
            notebook = book.find_submission_notebook(assignment, assignment, student)
            return {
                each.cell.name: None if each.needs_manual_grade else each.score
                for each in notebook.grades
            }


@contextmanager
def _in(folder):
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home of nobody's, who is the teacher and has a name on a hub."""
    home = tmp_path_factory.mktemp("home")
    (home / "exchange").mkdir(mode=0o777)
    (home / "exchange").chmod(0o777)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR"):
            patch.setenv(name, str(home))
        patch.setenv("PATH", f"{sys.prefix}/bin:{os.environ['PATH']}")  # nbgrader calls alembic
        patch.setenv("JUPYTERHUB_USER", "teacher")
        patch.setenv("PAGESIM_LEARNER", "teacher")
        yield home
