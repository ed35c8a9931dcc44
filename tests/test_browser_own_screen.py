"""Chromium as the kiosk's own screen: sign in by the pad, train, walk away."""

from typing import TYPE_CHECKING

import pytest

from tests.accessibility import grave_violations, needs_axe
from tests.browsing import KIOSK, browsing, look_at_the_screen, press, shows
from tests.chromium import needs_chromium
from tests.fake_people import PIN
from tests.web_serving import Serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, needs_chromium]


def test_the_whole_pad_fits_the_small_touch_screen(browser: "Browser", serving: Serving) -> None:
    with browsing(browser, viewport={"width": 800, "height": 480}) as screen:
        screen.goto(f"{serving.url}/?kiosk=1")
        screen.click("text=Sign in here")
        for pad in ("#name", "#pin"):
            screen.click(pad)
            assert screen.evaluate("here.scrollHeight <= here.clientHeight")


def test_not_me_lets_the_next_one_train(screen: "Page", serving: Serving) -> None:
    serving.do(lambda: serving.agent.change(trainee="Mia"))
    screen.click("text=Not me")
    sync_api.expect(screen.locator("#trainee")).to_be_hidden()


def test_without_a_phone_the_pad_signs_in_for_training(screen: "Page", serving: Serving) -> None:
    screen.click("text=Sign in here")
    press(screen, "MIA")
    screen.click("#pin")
    press(screen, PIN)
    screen.click("text=Train as me")
    shows(screen, "#trainee-name", "Training: Mia")
    assert screen.request.get(f"{serving.url}/api/session").json()["person"] is None


def test_a_wrong_pin_on_the_pad_is_said_and_erased(screen: "Page") -> None:
    screen.click("text=Sign in here")
    press(screen, "MIA")
    screen.click("#pin")
    press(screen, "0000")
    screen.click("text=Train as me")
    shows(screen, "#here-answer", "name or PIN is wrong")
    assert screen.input_value("#pin") == ""


def test_whoever_looks_at_their_workouts_on_the_wall_and_walks_away_is_signed_out(
    browser: "Browser", serving: Serving
) -> None:
    with browsing(browser, viewport=KIOSK) as screen:
        look_at_the_screen(screen, serving, "MIA")
        screen.clock.fast_forward(62_000)
        screen.wait_for_url("**/?kiosk=1")
        assert screen.request.get(f"{serving.url}/api/session").json()["person"] is None


@needs_axe
def test_the_pad_has_no_serious_barrier(screen: "Page") -> None:
    screen.click("text=Sign in here")
    assert grave_violations(screen) == []
