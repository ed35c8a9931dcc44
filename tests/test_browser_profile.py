"""Chromium as a phone: what members say of themselves, with whom they share, and how they leave."""

from typing import TYPE_CHECKING

import pytest

from edge_agent.interface.people import Profile
from tests.browsing import on_lan, shows, sign_in, signed_in
from tests.chromium import needs_chromium
from tests.fake_people import PIN
from tests.fake_training import a_session
from tests.web_serving import Serving

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, needs_chromium]


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


def test_a_sign_out_that_did_not_reach_the_kiosk_is_told(phone: "Page", serving: Serving) -> None:
    signed_in(phone, serving, "Noah")
    phone.goto(on_lan(serving, "/profile"))
    phone.route("**/api/session", lambda route: route.abort())
    phone.click("#sign-out")
    shows(phone, "#answer", "The kiosk does not answer; please try again")


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


def unnamed_workouts(serving: Serving, count: int) -> None:
    """Keep workouts that can be claimed, the last one the newest."""
    for number in range(count):
        serving.agent.keep(a_session(f"unnamed-{number}", user_id="guest"))
        serving.agent.workouts.fresh.add(f"unnamed-{number}")


def test_of_many_unnamed_workouts_the_newest_are_shown_and_the_others_counted(phone: "Page", serving: Serving) -> None:
    unnamed_workouts(serving, 7)
    sign_in(phone, serving, "Noah")
    phone.goto(f"{serving.url}/profile")
    lines = phone.locator("[data-workout]:visible")
    shown = lines.evaluate_all("all => all.map((one) => one.dataset.workout)")
    assert shown == [f"unnamed-{number}" for number in (6, 5, 4, 3, 2)]
    phone.click("text=Older ones: 2")
    sync_api.expect(lines).to_have_count(7)


def test_an_older_unnamed_workout_is_claimed_and_counted_no_more(phone: "Page", serving: Serving) -> None:
    unnamed_workouts(serving, 7)
    sign_in(phone, serving, "Noah")
    phone.goto(f"{serving.url}/profile")
    phone.click("text=Older ones: 2")
    phone.click("[data-workout=unnamed-0] button")
    shows(phone, "#older summary", "Older ones: 1")
    phone.click("[data-workout=unnamed-1] button")
    sync_api.expect(phone.locator("#older")).to_have_count(0)
    assert phone.locator("[data-workout]").count() == 5


def test_few_unnamed_workouts_are_all_shown(phone: "Page", serving: Serving) -> None:
    unnamed_workouts(serving, 5)
    sign_in(phone, serving, "Noah")
    phone.goto(f"{serving.url}/profile")
    assert phone.locator("[data-workout]:visible").count() == 5
    assert phone.locator("#older").count() == 0
