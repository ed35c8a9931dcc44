"""Chromium as a phone and as the kiosk's own screen: set up, join, pair, sign in by the pad, share, leave."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from edge_agent.interface.people import Profile
from tests.accessibility import grave_violations, needs_axe
from tests.browsing import KIOSK, PHONE, browsing, sideways, sign_in
from tests.chromium import chromium, needs_chromium
from tests.fake_agent import FakeAgent, some_members
from tests.fake_people import PIN
from tests.test_importing_hevy import KG, row
from tests.web_serving import Serving, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, needs_chromium]

PAGES = ("/sign-in", "/join", "/pair", "/left", "/profile", "/members", "/")


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    with chromium("--host-resolver-rules=MAP kiosk.local 127.0.0.1") as browser:
        yield browser


@pytest.fixture
def serving() -> Iterator[Serving]:
    agent = FakeAgent()
    some_members(agent.people)
    with served(agent) as serving:
        yield serving


@pytest.fixture
def phone(browser: "Browser") -> "Iterator[Page]":
    with browsing(browser) as page:
        yield page


@pytest.fixture
def screen(browser: "Browser", serving: Serving) -> "Iterator[Page]":
    with browsing(browser, viewport=KIOSK) as page:
        page.goto(f"{serving.url}/?kiosk=1")
        yield page


def on_lan(serving: Serving, path: str) -> str:
    """Return an address as phones call the kiosk."""
    return f"http://kiosk.local:{serving.port}{path}"


def signed_in(page: "Page", serving: Serving, name: str, *, remember: bool = False) -> None:
    page.goto(on_lan(serving, "/sign-in"))
    page.set_checked("#remember", remember)
    page.fill("#name", name)
    page.fill("#pin", PIN)
    page.click("form[data-send='POST /api/session'] [type=submit]")
    page.wait_for_url(on_lan(serving, "/"))


def shows(page: "Page", selector: str, text: str) -> None:
    sync_api.expect(page.locator(selector)).to_contain_text(text)


def press(page: "Page", keys: str) -> None:
    for key in keys:
        page.click(f"[data-key='{key}']:visible")


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
        screen.clock.install()
        screen.goto(f"{serving.url}/?kiosk=1")
        screen.click("text=Sign in here")
        press(screen, "MIA")
        screen.click("#pin")
        press(screen, PIN)
        screen.click("text=See my workouts")
        screen.wait_for_url("**/history")
        screen.clock.fast_forward(62_000)
        screen.wait_for_url("**/?kiosk=1")
        assert screen.request.get(f"{serving.url}/api/session").json()["person"] is None


def test_a_member_says_what_may_be_done_and_with_whom_it_is_shared(phone: "Page", serving: Serving) -> None:
    signed_in(phone, serving, "Noah")
    phone.goto(on_lan(serving, "/profile"))
    phone.check("text=Carlo")
    phone.check("text=Wed")
    phone.uncheck("#keeps_history")
    phone.fill("#body_weight", "81.5")
    phone.click("#profile [type=submit]")
    shows(phone, "#profile .answer", "Saved")
    profile = serving.agent.people.known["noah"].profile
    assert (profile.coaches, profile.planned_days) == (("carlo",), (2,))
    assert (profile.keeps_history, profile.body_weight_kg) == (False, 81.5)


def test_a_page_that_is_out_of_date_gives_no_consent_again(phone: "Page", serving: Serving) -> None:
    people = serving.agent.people
    people.meet("Noah", coaches=("carlo",), planned_days=(1,))
    sign_in(phone, serving, "Noah")
    phone.goto(f"{serving.url}/profile")
    people.meet("Noah", keeps_history=False, planned_days=(1, 3))
    phone.fill("#body_weight", "81.5")
    phone.click("#profile [type=submit]")
    shows(phone, "#profile .answer", "Saved")
    assert people.known["noah"].profile == Profile(keeps_history=False, planned_days=(1, 3), body_weight_kg=81.5)
    assert not phone.is_checked("text=Carlo")
    assert not phone.is_checked("#keeps_history")


def test_a_language_that_was_chosen_is_spoken(phone: "Page", serving: Serving) -> None:
    signed_in(phone, serving, "Noah")
    phone.goto(on_lan(serving, "/profile"))
    phone.select_option("#language", "de")
    phone.click("#profile [type=submit]")
    shows(phone, "#profile h2", "Über dich")


def test_a_page_that_was_left_open_saves_nothing_under_the_name_of_the_next(phone: "Page", serving: Serving) -> None:
    sign_in(phone, serving, "Noah")
    phone.goto(f"{serving.url}/profile")
    phone.fill("#body_weight", "81.5")
    phone.context.clear_cookies()
    sign_in(phone, serving, "Mia")
    phone.click("#profile [type=submit]")
    shows(phone, "#profile .answer", "load it again")
    assert serving.agent.people.known["mia"].profile.body_weight_kg is None


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


def test_a_forgotten_pin_is_set_anew_with_the_owners_code(phone: "Page", browser: "Browser", serving: Serving) -> None:
    signed_in(phone, serving, "Olga")
    phone.goto(on_lan(serving, "/members"))
    phone.click("[aria-label='New PIN: Mia']")
    shows(phone, "#reset-code", "RESET")
    code = phone.inner_text("#reset-code")
    with browsing(browser) as other:
        other.goto(on_lan(serving, "/sign-in?next=/profile"))
        other.click("summary")
        other.fill("#name-lost", "mia")
        other.fill("#code", code)
        other.fill("#pin-new", "8265")
        other.click("details [type=submit]")
        other.wait_for_url(on_lan(serving, "/profile"))
    assert serving.agent.people.pins["mia"] == "8265"


def test_the_owner_adds_a_member_and_makes_them_a_coach(phone: "Page", serving: Serving) -> None:
    signed_in(phone, serving, "Olga")
    phone.goto(on_lan(serving, "/members"))
    phone.fill("#name", "Pia")
    phone.fill("#pin", PIN)
    phone.click("[data-send] [type=submit]")
    phone.select_option("[data-user=pia] select", "coach")
    shows(phone, "#answer", "Pia has another role now")
    assert serving.agent.people.known["pia"].role == "coach"


def test_the_last_owner_stays_one_and_the_list_says_why(phone: "Page", serving: Serving) -> None:
    signed_in(phone, serving, "Olga")
    phone.goto(on_lan(serving, "/members"))
    phone.select_option("[data-user=olga] select", "member")
    shows(phone, "#answer", "the last owner stays the owner")
    assert phone.input_value("[data-user=olga] select") == "owner"


def test_whoever_leaves_gets_a_receipt_that_stays(phone: "Page", serving: Serving) -> None:
    signed_in(phone, serving, "Mia")
    phone.goto(on_lan(serving, "/profile"))
    phone.click("summary")
    phone.fill("#pin-leave", PIN)
    phone.click("text=Delete everything")
    shows(phone, "#receipt", "Workouts: 12")
    phone.reload()
    shows(phone, "#receipt", "Mia")
    assert "mia" not in serving.agent.people.known


@pytest.mark.parametrize("asks_again", [False, True])
def test_a_receipt_is_there_though_the_kiosk_died_before_its_answer(
    phone: "Page", serving: Serving, asks_again: bool
) -> None:
    def answer_is_lost(route: "Route") -> None:
        route.fetch()
        route.continue_() if asks_again else route.abort()

    sign_in(phone, serving, "Mia")
    phone.goto(f"{serving.url}/profile")
    phone.route("**/api/me/leave", answer_is_lost)
    phone.route("**/api/departures/*", lambda route: route.abort(), times=1)
    phone.click("summary")
    phone.fill("#pin-leave", PIN)
    phone.click("text=Delete everything")
    shows(phone, "#receipt", "Workouts: 12")
    assert "mia" not in serving.agent.people.known


def test_a_page_for_members_comes_after_signing_in(phone: "Page", serving: Serving) -> None:
    phone.goto(on_lan(serving, "/profile"))
    assert phone.url == on_lan(serving, "/sign-in?next=/profile")
    phone.fill("#name", "mia")
    phone.fill("#pin", PIN)
    phone.keyboard.press("Enter")
    phone.wait_for_url(on_lan(serving, "/profile"))


@pytest.mark.parametrize("size", [PHONE, KIOSK], ids=["phone", "kiosk"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_no_wider_than_its_window(
    browser: "Browser", serving: Serving, path: str, size: dict[str, int]
) -> None:
    with browsing(browser, viewport=size) as page:
        sign_in(page, serving, "Olga")
        page.goto(f"{serving.url}{path}")
        assert sideways(page) <= 0


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_serious_barrier(browser: "Browser", serving: Serving, path: str, scheme: str) -> None:
    with browsing(browser, color_scheme=scheme) as page:
        sign_in(page, serving, "Olga")
        page.goto(f"{serving.url}{path}")
        assert grave_violations(page) == []


@needs_axe
def test_the_pad_has_no_serious_barrier(screen: "Page") -> None:
    screen.click("text=Sign in here")
    assert grave_violations(screen) == []
