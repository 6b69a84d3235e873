"""The browser of the tests, and axe-core to look at pages with. What is missing skips the tests that need it."""

from __future__ import annotations

import os
import shutil

import pytest

from tests.channels.outside.install import NPM

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
# Root may not use Chromium's own sandbox; the pages are ours.
ARGUMENTS = ("--no-sandbox", "--disable-gpu")
AXE = NPM / "node_modules" / "axe-core" / "axe.min.js"
# A folder for the pictures that the documents show; none are taken without it.
PICTURES = os.environ.get("POSTVENTA_PICTURES", "")

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on PATH; Debian: apt-get install chromium")
needs_axe = pytest.mark.skipif(
    not AXE.is_file(), reason="no axe-core: .venv/bin/python -m tests.channels.outside.install fetches it"
)
