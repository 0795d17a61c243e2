"""What holds for the whole suite."""

import gc
import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from .chromium import CHROMIUM, FLAGS
from .plugins import kept_ports  # noqa: F401 (it acts when it is loaded)

# With this package jsonschema can judge IRIs, of which a notebook has none, and reading its grammar
# takes each process three seconds. It is missing here, and to the processes that tests start.
ABSENT = str(Path(__file__).parent / "absent")
collect_ignore = ["absent"]
sys.modules["rfc3987_syntax"] = None
os.environ["PYTHONPATH"] = os.pathsep.join([*filter(None, [os.environ.get("PYTHONPATH")]), ABSENT])

# A test states what is true, not how fast this machine is today: one that is stopped for a while,
# or shared with others, finds the same facts.
facts = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
# `make exhaustive` draws anew each time; whoever waits for a sample gets the same one each time.
settings.register_profile("everything", max_examples=200, **facts)
settings.register_profile("facts", max_examples=20, derandomize=True, **facts)
settings.register_profile("fewer", max_examples=10, derandomize=True, **facts)
settings.load_profile("facts")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Name each test's group behind an @, where `--dist loadgroup` looks for it.

    pytest-xdist 3.8 writes it where pytest 9.2 no longer looks, and then groups nothing.
    """
    if hasattr(config, "workerinput"):
        for item in items:
            group = item.get_closest_marker("xdist_group")
            if group and not item.nodeid.endswith(f"@{group.args[0]}"):
                item._id = type(item._id).parse(f"{item.nodeid}@{group.args[0]}")


@pytest.hookimpl(trylast=True)
def pytest_collection_finish():
    """Thousands of tests were collected and stay: nobody needs to look through them for garbage."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def chromium():
    """One browser for all that a process looks at."""
    from playwright.sync_api import sync_playwright

    if not CHROMIUM:
        pytest.skip("no Chromium here; install it, or name one in $CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def put_away():
    """Close the widgets of a test: ipywidgets keeps each, and its figure, until it is closed."""
    yield
    if widgets := sys.modules.get("ipywidgets"):
        widgets.Widget.close_all()
