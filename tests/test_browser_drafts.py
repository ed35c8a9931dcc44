"""Chromium enters a past workout over reloads and lost answers: what is typed stays, for its member alone."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from edge_agent.records import Session
from tests.browsing import KIOSK, browsing, look_at_the_screen, sign_in
from tests.chromium import needs_chromium
from tests.web_serving import Serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, needs_chromium]


@pytest.fixture
def page(phone: "Page", serving: Serving) -> "Page":
    sign_in(phone, serving, "Mia")
    phone.goto(f"{serving.url}/history/add")
    return phone


def type_squats(page: "Page") -> None:
    page.get_by_label("Day").fill("2026-11-18")
    page.get_by_label("Minutes").fill("45")
    page.get_by_label("Notes").fill("after work")
    page.get_by_label("Exercise", exact=True).fill("Squat")
    page.get_by_label("reps").fill("8")
    page.get_by_label("Weight in kg").fill("60,5")
    page.get_by_role("button", name="Another set").click()
    page.get_by_label("RPE").last.select_option("7.5")
    page.get_by_label("reps").last.fill("6")


def save(page: "Page") -> None:
    page.get_by_role("button", name="Save workout").click()


def told(serving: Serving) -> list[Session]:
    return [session for session, _ in serving.agent.saved if session.source == "manual"]


def kept(page: "Page") -> list[str]:
    return list(page.evaluate("Object.keys(localStorage)"))


def test_a_workout_half_typed_is_there_after_a_reload_and_can_be_saved(page: "Page", serving: Serving) -> None:
    type_squats(page)
    page.reload()
    sync_api.expect(page.locator("#draft")).to_contain_text("Here is what you had typed before.")
    assert page.get_by_label("Weight in kg").first.input_value() == "60,5"
    save(page)
    page.wait_for_url("**/sessions/*-*")
    (session,) = told(serving)
    (entry,) = session.exercises
    assert (session.start_time[:10], session.duration_s, session.notes) == ("2026-11-18", 2700, "after work")
    assert [(one.reps_full, one.weight_kg, one.rpe) for one in entry.sets] == [(8, 60.5, None), (6, 60.5, 7.5)]


def test_a_saved_workout_is_typed_no_more(page: "Page", serving: Serving) -> None:
    type_squats(page)
    assert kept(page) == ["draft:mia:past"]
    save(page)
    page.wait_for_url("**/sessions/*-*")
    assert kept(page) == []
    page.goto(f"{serving.url}/history/add")
    assert page.locator("#draft").is_hidden()
    assert page.get_by_label("Exercise", exact=True).input_value() == ""


def test_a_form_that_was_only_looked_at_is_no_draft(page: "Page") -> None:
    page.get_by_label("Exercise", exact=True).click()
    assert kept(page) == []


def test_several_exercises_come_back_in_their_order(page: "Page") -> None:
    type_squats(page)
    page.get_by_role("button", name="Another exercise").click()
    page.get_by_label("Exercise", exact=True).last.fill("Plank")
    page.get_by_role("button", name="Remove this set").first.click()
    page.reload()
    names = page.get_by_label("Exercise", exact=True)
    assert [one.input_value() for one in names.all()] == ["Squat", "Plank"]
    assert [one.input_value() for one in page.get_by_label("reps").all()] == ["6", ""]


def test_what_was_typed_can_be_thrown_away(page: "Page") -> None:
    type_squats(page)
    page.reload()
    page.get_by_role("button", name="Start over").click()
    sync_api.expect(page.locator("#draft")).to_be_hidden()
    sync_api.expect(page.get_by_label("Exercise", exact=True)).to_have_value("")
    assert kept(page) == []


def test_a_workout_whose_answer_was_lost_is_not_there_twice_after_a_reload(page: "Page", serving: Serving) -> None:
    def lose(route: "Route") -> None:
        route.fetch()
        route.abort()

    type_squats(page)
    page.route("**/api/sessions", lose)
    save(page)
    sync_api.expect(page.locator("#answer")).not_to_be_empty()
    page.unroute("**/api/sessions")
    page.reload()
    save(page)
    page.wait_for_url("**/sessions/*-*")
    assert len(told(serving)) == 1


def test_what_one_member_has_typed_is_never_shown_to_another(page: "Page", serving: Serving) -> None:
    type_squats(page)
    page.goto("about:blank")
    page.context.clear_cookies()
    sign_in(page, serving, "Noah")
    page.goto(f"{serving.url}/history/add")
    assert page.locator("#draft").is_hidden()
    assert page.get_by_label("Notes").input_value() == ""
    assert kept(page) == []


def test_signing_out_forgets_what_was_typed(page: "Page", serving: Serving) -> None:
    type_squats(page)
    page.goto(f"{serving.url}/profile")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{serving.url}/")
    assert kept(page) == []


@pytest.fixture
def wall(browser: "Browser", serving: Serving) -> "Iterator[Page]":
    """The kiosk's own screen, on which Mia types."""
    with browsing(browser, viewport=KIOSK) as screen:
        look_at_the_screen(screen, serving, "MIA")
        screen.goto(f"{serving.url}/history/add")
        type_squats(screen)
        yield screen


@pytest.mark.parametrize("answers", [True, False])
def test_the_own_screen_forgets_what_somebody_typed_who_has_walked_away(wall: "Page", answers: bool) -> None:
    if not answers:
        wall.route("**/api/session", lambda route: route.abort())
    wall.clock.fast_forward(62_000)
    wall.wait_for_url("**/?kiosk=1")
    assert kept(wall) == []


def test_the_own_screen_forgets_what_was_typed_once_the_sign_in_is_over(wall: "Page", serving: Serving) -> None:
    serving.do(lambda: serving.agent.change(last_session_id="done"))
    wall.clock.fast_forward(20_000)
    wall.get_by_label("Notes").click()
    wall.wait_for_url("**/?kiosk=1")
    assert kept(wall) == []


def test_a_draft_with_weights_in_other_units_is_not_brought_back(page: "Page", serving: Serving) -> None:
    type_squats(page)
    serving.do(lambda: serving.agent.people.meet("Mia", units="imperial"))
    page.reload()
    assert page.get_by_label("Weight in lb").input_value() == ""
    assert page.locator("#draft").is_hidden()
