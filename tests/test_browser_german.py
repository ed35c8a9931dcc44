"""Chromium in German: what the agent says of trouble is German wherever somebody meets it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from edge_agent.phrase import Phrase
from tests.browsing import KIOSK, browsing, sideways, sign_in
from tests.chromium import needs_chromium
from tests.fake_training import a_session
from tests.test_importing_hevy import KG, row
from tests.web_serving import Serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, needs_chromium]


@pytest.fixture
def phone(browser: "Browser") -> "Iterator[Page]":
    with browsing(browser, locale="de-DE") as page:
        yield page


def test_a_wrong_pin_is_refused_in_german(phone: "Page", serving: Serving) -> None:
    phone.goto(f"{serving.url}/sign-in")
    phone.fill("[name=name]", "Mia")
    phone.fill("[name=pin]", "9999")
    phone.click("[type=submit]")
    sync_api.expect(phone.locator(".answer").first).to_have_text("Name oder PIN ist falsch")


def test_a_correction_that_does_not_fit_is_refused_in_german(phone: "Page", serving: Serving) -> None:
    serving.agent.keep(a_session("s0", user_id="mia"))
    sign_in(phone, serving, "Mia")
    phone.goto(f"{serving.url}/sessions/s0")
    phone.evaluate("document.querySelector('#notes').removeAttribute('maxlength')")
    phone.fill("#notes", "x" * 2001)
    phone.locator("#notes").blur()
    words = "Nicht gespeichert: notes: erwartet: Text mit einer Länge von höchstens 2000"
    sync_api.expect(phone.locator("#saving")).to_have_text(words)
    assert sideways(phone) <= 0


def test_a_file_is_looked_through_in_german(phone: "Page", serving: Serving, tmp_path: Path) -> None:
    sign_in(phone, serving, "Mia")
    (tmp_path / "hevy.csv").write_text(KG + row() + row(start='"17 Feb 2030, 18:30"') + row(reps="many"))
    phone.goto(f"{serving.url}/import")
    phone.set_input_files("#files", tmp_path / "hevy.csv")
    rows = phone.locator("#rows")
    sync_api.expect(rows).to_contain_text("2030-02-17 liegt noch in der Zukunft")
    sync_api.expect(rows).to_contain_text("hevy.csv, Zeile 2")
    sync_api.expect(rows).to_contain_text("Zeile 4: 'many' ist keine Zahl")
    assert sideways(phone) <= 0


def test_a_lost_camera_is_told_in_german(browser: "Browser", serving: Serving) -> None:
    lost = Phrase("{path}: gives no picture; close other programs that use it, or plug it in again", path="/dev/video0")
    with browsing(browser, locale="de-DE", viewport=KIOSK) as page:
        page.goto(f"{serving.url}/?kiosk=1")
        serving.do(lambda: serving.agent.change(vision="camera_lost", vision_detail=lost))
        words = "Kamera verloren: /dev/video0: gibt kein Bild; schließ andere Programme"
        sync_api.expect(page.locator("#vision")).to_contain_text(words)
        assert sideways(page) <= 0
