"""Chromium as a phone: set the kiosk up, join, pair, sign in, and send a file."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browsing import on_lan, shows, signed_in
from tests.chromium import needs_chromium
from tests.fake_agent import FakeAgent, some_members
from tests.fake_people import PIN
from tests.test_importing_hevy import KG, row
from tests.web_serving import Serving, served
from web.live import Streams

if TYPE_CHECKING:
    from playwright.sync_api import Page

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, needs_chromium]


def test_whoever_scans_the_screen_of_a_new_kiosk_becomes_its_owner(phone: "Page") -> None:
    with served(FakeAgent()) as serving:
        phone.goto(f"{serving.url}/")
        code = phone.inner_text("#spot-code")
        phone.goto(on_lan(serving, f"/claim#{code}"))
        assert phone.url == on_lan(serving, "/claim")
        phone.fill("#name", "Olga")
        phone.fill("#pin", PIN)
        phone.click("[type=submit]")
        phone.wait_for_url(on_lan(serving, "/profile"))
        shows(phone, "main", "Owner")


def test_a_wrong_code_is_told_where_a_small_phone_shows_it(phone: "Page") -> None:
    with served(FakeAgent()) as serving:
        phone.goto(on_lan(serving, "/claim"))
        for field, typed in (("#code", "AAAA-AAAA"), ("#name", "Olga"), ("#pin", PIN)):
            phone.fill(field, typed)
        phone.evaluate("scrollTo(0, 0)")
        phone.evaluate("document.querySelector('form').requestSubmit()")
        shows(phone, ".answer", "code")
        box, bar = phone.locator(".answer").bounding_box(), phone.locator(".nav .main").first.bounding_box()
        assert box
        assert bar
        assert 0 < box["y"] < box["y"] + box["height"] <= bar["y"]


def test_somebody_new_joins_by_phone_and_trains_by_name(phone: "Page", screen: "Page", serving: Serving) -> None:
    phone.goto(on_lan(serving, f"/pair#{screen.inner_text('#spot-code')}"))
    phone.click("text=Become a member")
    phone.fill("#name", "Pia")
    phone.fill("#pin", PIN)
    phone.click("[type=submit]")
    phone.click("text=Train as Pia")
    shows(phone, "#paired", "The kiosk counts for you now")
    shows(screen, "#trainee-name", "Training: Pia")
    assert screen.is_hidden("#spot")


def test_a_code_may_be_typed_as_well(phone: "Page", screen: "Page", serving: Serving) -> None:
    signed_in(phone, serving, "Noah")
    phone.goto(on_lan(serving, "/pair"))
    phone.fill("#code", screen.inner_text("#spot-code"))
    phone.click("text=Train as Noah")
    shows(screen, "#trainee-name", "Training: Noah")


def test_a_code_that_has_changed_meanwhile_is_asked_for_again(phone: "Page", serving: Serving) -> None:
    signed_in(phone, serving, "Noah")
    phone.goto(on_lan(serving, "/pair#PAIR-0"))
    phone.click("text=Train as Noah")
    shows(phone, "#pair .answer", "the code has changed meanwhile")
    assert phone.is_visible("#code")


def test_a_page_for_members_comes_after_signing_in(phone: "Page", serving: Serving) -> None:
    phone.goto(on_lan(serving, "/profile"))
    assert phone.url == on_lan(serving, "/sign-in?next=/profile")
    phone.fill("#name", "mia")
    phone.fill("#pin", PIN)
    phone.keyboard.press("Enter")
    phone.wait_for_url(on_lan(serving, "/profile"))


def test_a_live_page_leads_to_signing_in_when_the_sign_in_is_over(phone: "Page", serving: Serving) -> None:
    with served(serving.agent, Streams(ping_s=0.1)) as quick:
        signed_in(phone, quick, "Noah")
        shows(phone, "#reps", "0")
        tab = phone.context.new_page()
        tab.goto(on_lan(quick, "/profile"))
        tab.click("#sign-out")
        phone.wait_for_url(on_lan(quick, "/sign-in"))


def test_a_phone_sends_its_file_after_a_restart_of_the_kiosk_too(phone: "Page", tmp_path: Path) -> None:
    """A big one: the kiosk refuses it before all of it has come."""
    agent = FakeAgent()
    some_members(agent.people)
    path = tmp_path / "hevy.csv"
    path.write_text(KG + row() + "\n" * 20_000_000, encoding="utf-8")
    with served(agent) as before:
        signed_in(phone, before, "Noah", remember=True)
        phone.goto(on_lan(before, "/import"))
    with served(agent, port=before.port):
        phone.set_input_files("#files", path)
        shows(phone, "[data-count=new]", "1")
