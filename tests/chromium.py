"""A real browser for tests that look at pages; they skip by name where Chromium or playwright is missing."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = shutil.which("chromium")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")

WITHIN_MS = 30_000
"""How long a page is waited for before a test fails."""

_FLAGS = ["--no-sandbox", "--headless", "--disable-background-networking", "--disable-component-update"]


@contextmanager
def chromium(*flags: str) -> "Iterator[Browser]":
    sync_api = pytest.importorskip("playwright.sync_api")
    sync_api.expect.set_options(timeout=WITHIN_MS)
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*_FLAGS, *flags])
        yield browser
        browser.close()
