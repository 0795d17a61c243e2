"""The site, `$SITE` or built once with few positions; a browser without a network to open it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from coursework.site import build_site

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from .open import Opened

ROOT = Path(__file__).resolve().parents[2]
FEW = 5  # positions of an explorer: what is tested is how a page moves, not how far


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Build it in the first process that needs it, the others wait; or take one that is there."""
    if built := os.environ.get("SITE"):
        return Path(built).absolute()
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    folder = shared / "site with a space"
    with (shared / "site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            build_site(ROOT, folder, FEW)
    return folder


@pytest.fixture(scope="session")
def window(site: Path, chromium: Browser) -> Iterator[Opened]:
    from .open import Opened

    window = Opened(site, chromium)
    yield window
    window.close()


@pytest.fixture
def opened(window: Opened) -> Opened:
    """The window, wide and light, with nothing wrong yet."""
    window.page.goto("about:blank")
    window.page.set_viewport_size(window.SIZE)
    window.page.emulate_media(color_scheme="light", reduced_motion="reduce")
    window.wrong.clear()
    return window
