"""Chromium in front of the pages about people: the owner's list of members, and how each page fits and reads."""

from typing import TYPE_CHECKING

import msgspec
import pytest

from edge_agent.records import ExerciseEntry
from tests.browsing import KIOSK, PHONE, browsing, on_lan, shows, sideways, sign_in, signed_in
from tests.chromium import needs_chromium
from tests.fake_people import PIN
from tests.fake_training import a_session, a_set
from tests.web_serving import Serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, needs_chromium]


PAGES = ("/sign-in", "/join", "/pair", "/left", "/profile", "/members", "/")


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


@pytest.mark.parametrize(
    "path", ["/pair", "/profile", "/history?member={name}", "/sessions/s0", "/exercises?member={name}"]
)
def test_names_and_notes_without_an_end_are_broken(phone: "Page", serving: Serving, path: str) -> None:
    name = "m" * 60
    agent = serving.agent
    agent.people.meet(name, "coach", coaches=(name,))
    one_set = msgspec.structs.replace(a_set(1), notes="n" * 500)
    entry = ExerciseEntry(order=1, exercise="squat", name="Squat", muscles=(), sets=(one_set,))
    serving.do(lambda: agent.keep(a_session("s0", user_id=name, user_name=name, exercises=(entry,))))
    sign_in(phone, serving, name)
    phone.goto(serving.url + path.format(name=name))
    assert sideways(phone) <= 0


@pytest.mark.parametrize("size", [PHONE, KIOSK], ids=["phone", "kiosk"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_no_wider_than_its_window(
    browser: "Browser", serving: Serving, path: str, size: dict[str, int]
) -> None:
    with browsing(browser, viewport=size) as page:
        sign_in(page, serving, "Olga")
        page.goto(f"{serving.url}{path}")
        assert sideways(page) <= 0
