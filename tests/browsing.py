"""Chromium in front of the pages of a fake agent: sizes, and signing in."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tests.chromium import WITHIN_MS
from tests.fake_people import PIN
from tests.web_serving import Serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PHONE = {"width": 360, "height": 740}
KIOSK = {"width": 1280, "height": 800}


@contextmanager
def browsing(browser: "Browser", **options: Any) -> "Iterator[Page]":
    """Open a page that fails the test with whatever its scripts throw."""
    context = browser.new_context(**({"viewport": PHONE, "locale": "en-GB"} | options))
    context.set_default_timeout(WITHIN_MS)
    page = context.new_page()
    thrown: list[str] = []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    yield page
    context.close()
    assert thrown == []


def sign_in(page: "Page", serving: Serving, name: str) -> None:
    """Sign in as a member of the fake people, by the API; the browser keeps the cookie."""
    answer = page.request.post(f"{serving.url}/api/session", data={"name": name, "pin": PIN})
    assert answer.ok, answer.text()


def sideways(page: "Page") -> int:
    """Return how many pixels a page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def on_lan(serving: Serving, path: str) -> str:
    """Return an address as phones call the kiosk."""
    return f"http://kiosk.local:{serving.port}{path}"


def signed_in(page: "Page", serving: Serving, name: str, *, remember: bool = False) -> None:
    """Sign in by the page, as on a phone."""
    page.goto(on_lan(serving, "/sign-in"))
    page.set_checked("#remember", remember)
    page.fill("#name", name)
    page.fill("#pin", PIN)
    page.click("form[data-send='POST /api/session'] [type=submit]")
    page.wait_for_url(on_lan(serving, "/"))


def shows(page: "Page", selector: str, text: str) -> None:
    """Wait until an element says so."""
    sync_api = pytest.importorskip("playwright.sync_api")
    sync_api.expect(page.locator(selector)).to_contain_text(text)


def press(page: "Page", keys: str) -> None:
    """Type on the pad of the kiosk's own screen."""
    for key in keys:
        page.click(f"[data-key='{key}']:visible")


def look_at_the_screen(screen: "Page", serving: Serving, name: str) -> None:
    """Sign in by the pad of the kiosk's own screen and see one's workouts; its clock is the test's from then on."""
    screen.clock.install()
    screen.goto(f"{serving.url}/?kiosk=1")
    screen.click("text=Sign in here")
    press(screen, name)
    screen.click("#pin")
    press(screen, PIN)
    screen.click("text=See my workouts")
    screen.wait_for_url("**/history")
