"""Chromium corrects, enters, deletes and brings back workouts, also when the kiosk does not answer or says no."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.browsing import KIOSK, PHONE, browsing, sign_in
from tests.chromium import needs_chromium
from tests.fake_agent import FakeAgent
from tests.fake_training import a_session
from tests.web_serving import Serving, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

from edge_agent.interface.workouts import WorkoutEdit

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, needs_chromium]
NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture
def gym() -> Iterator[Serving]:
    agent = FakeAgent()
    agent.people.meet("Olga", "owner")
    agent.people.meet("Mia")
    agent.people.meet("Max", units="imperial")
    agent.keep(a_session("s0", user_id="mia", user_name="Mia"))
    agent.keep(a_session("s1", user_id="max", user_name="Max"))
    with served(agent) as serving:
        yield serving


def correcting(browser: "Browser", gym: Serving, viewport: Any) -> "Iterator[Page]":
    with browsing(browser, viewport=viewport) as page:
        sign_in(page, gym, "Mia")
        page.goto(f"{gym.url}/sessions/s0")
        page.locator("#correct").click()
        yield page


@pytest.fixture(params=[PHONE, KIOSK], ids=["phone", "kiosk"])
def page(browser: "Browser", gym: Serving, request: Any) -> "Iterator[Page]":
    yield from correcting(browser, gym, request.param)


@pytest.fixture
def phone(browser: "Browser", gym: Serving) -> "Iterator[Page]":
    yield from correcting(browser, gym, PHONE)


def first_set(page: "Page") -> Any:
    return page.locator("[data-order='1'] [data-set='1']")


def expect_state(page: "Page", state: str) -> None:
    sync_api.expect(page.locator("#saving")).to_have_attribute("data-state", state)


def last_edit(gym: Serving) -> WorkoutEdit:
    return gym.agent.workouts.edits[-1]


def test_taps_show_at_once_and_go_out_together(page: "Page", gym: Serving) -> None:
    for _ in range(2):
        first_set(page).get_by_role("button", name="One rep more").click()
    sync_api.expect(first_set(page).locator("output")).to_have_text("7")
    expect_state(page, "saved")
    assert [one.reps_full for one in last_edit(gym).sets] == [7]
    assert len(gym.agent.workouts.edits) == 1


def test_what_the_camera_counted_stands_beside_the_correction(phone: "Page", gym: Serving) -> None:
    first_set(phone).get_by_role("button", name="One rep less").click()
    sync_api.expect(first_set(phone).locator("header")).to_contain_text("camera: 5")
    sync_api.expect(phone.locator(".tiles dd").first).to_have_text("9")


def test_weight_effort_and_notes_are_kept(page: "Page", gym: Serving) -> None:
    first_set(page).get_by_label("Weight in kg").fill("82,5")
    first_set(page).get_by_label("RPE").select_option("8.5")
    page.locator("#notes").fill("Felt light")
    page.locator("#notes").blur()
    expect_state(page, "saved")
    page.reload()
    sync_api.expect(first_set(page).locator("header")).to_contain_text(f"82.5{NBSP}kg · RPE 8.5")
    sync_api.expect(page.locator("#notes")).to_have_value("Felt light")


def test_another_exercise_is_taken_by_its_name(phone: "Page", gym: Serving) -> None:
    phone.locator("[name=exercise]").fill("Push-up")
    phone.locator("[name=exercise]").blur()
    sync_api.expect(phone.locator("[data-order='1'] h2")).to_have_text("Push-up")
    sync_api.expect(phone.get_by_text("The camera counted Squat")).to_be_visible()
    assert last_edit(gym).exercises[0].exercise == "push_up"


def test_pounds_are_kept_as_kilograms_and_come_back_as_typed(browser: "Browser", gym: Serving) -> None:
    with browsing(browser) as page:
        sign_in(page, gym, "Max")
        page.goto(f"{gym.url}/sessions/s1")
        page.locator("#correct").click()
        first_set(page).get_by_label("Weight in lb").fill("225")
        first_set(page).get_by_label("Weight in lb").blur()
        expect_state(page, "saved")
        assert last_edit(gym).sets[0].weight_kg == 102.058
        sync_api.expect(first_set(page).locator("header")).to_contain_text(f"225{NBSP}lb")


def test_what_is_no_number_is_marked_and_not_sent(phone: "Page", gym: Serving) -> None:
    weight = first_set(phone).get_by_label("Weight in kg")
    weight.fill("heavy")
    weight.blur()
    expect_state(phone, "refused")
    sync_api.expect(weight).to_have_attribute("aria-invalid", "true")
    assert gym.agent.workouts.edits == []


def test_a_weight_that_nobody_lifts_is_told_in_words_and_not_sent(phone: "Page", gym: Serving) -> None:
    first_set(phone).get_by_label("Weight in kg").fill("5000")
    sync_api.expect(phone.locator("#saving")).to_have_text("5000 is more than 1000")
    assert gym.agent.workouts.edits == []


def test_a_heavy_weight_comes_back_after_a_reload_as_it_was_typed(phone: "Page", gym: Serving) -> None:
    phone.route("**/api/sessions/s0", lambda route: route.abort())
    first_set(phone).get_by_label("Weight in kg").fill("1000")
    expect_state(phone, "retrying")
    phone.reload()
    sync_api.expect(first_set(phone).get_by_label("Weight in kg")).to_have_value("1000")


def test_a_kiosk_that_does_not_answer_is_asked_again(phone: "Page", gym: Serving) -> None:
    refused: list[str] = []

    def fail_once(route: "Route") -> None:
        if route.request.method == "PATCH" and not refused:
            refused.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    phone.route("**/api/sessions/s0", fail_once)
    first_set(phone).get_by_role("button", name="One rep more").click()
    expect_state(phone, "retrying")
    expect_state(phone, "saved")
    assert len(gym.agent.workouts.edits) == 1


def test_a_correction_survives_a_reload_while_the_kiosk_is_away(phone: "Page", gym: Serving) -> None:
    phone.route("**/api/sessions/s0", lambda route: route.abort())
    first_set(phone).get_by_role("button", name="One rep more").click()
    expect_state(phone, "retrying")
    phone.unroute("**/api/sessions/s0")
    phone.reload()
    sync_api.expect(first_set(phone).locator("output")).to_have_text("6")
    expect_state(phone, "saved")
    assert last_edit(gym).sets[0].reps_full == 6


def test_what_a_page_of_an_older_program_has_kept_is_sent(phone: "Page", gym: Serving) -> None:
    phone.evaluate("""localStorage.setItem("edits:mia:s0", '{"1/1/reps_full": 6}')""")
    phone.reload()
    expect_state(phone, "saved")
    assert last_edit(gym).sets[0].reps_full == 6


def test_a_correction_waits_until_its_member_has_signed_in_again(phone: "Page", gym: Serving) -> None:
    phone.context.clear_cookies()
    first_set(phone).get_by_role("button", name="One rep more").click()
    phone.wait_for_url("**/sign-in?next=%2Fsessions%2Fs0")
    sign_in(phone, gym, "Mia")
    phone.goto(f"{gym.url}/sessions/s0")
    expect_state(phone, "saved")
    assert last_edit(gym).sets[0].reps_full == 6


def test_what_the_kiosk_refuses_is_told_and_never_sent_again(phone: "Page", gym: Serving) -> None:
    sent: list[str] = []

    def refuse(route: "Route") -> None:
        sent.append(route.request.method)
        route.fulfill(status=422, content_type="application/problem+json", body='{"detail": "too many"}')

    phone.route("**/api/sessions/s0", refuse)
    first_set(phone).get_by_role("button", name="One rep more").click()
    sync_api.expect(phone.locator("#saving")).to_have_text("Not saved: too many")
    phone.reload()
    sync_api.expect(first_set(phone).locator("output")).to_have_text("5")
    assert sent == ["PATCH"]


def test_what_has_changed_meanwhile_is_shown_and_the_member_chooses(phone: "Page", gym: Serving) -> None:
    other = phone.request.get(f"{gym.url}/api/session").json()["csrf_token"]
    body = {"sets": [{"exercise": 1, "number": 1, "reps_full": 9}]}
    phone.request.patch(f"{gym.url}/api/sessions/s0", data=body, headers={"x-csrf-token": other})
    first_set(phone).get_by_role("button", name="One rep more").click()
    conflict = phone.locator("#conflict")
    sync_api.expect(conflict).to_contain_text("Set 1: reps are now 9, you wanted 6")
    conflict.get_by_role("button", name="Keep mine").click()
    expect_state(phone, "saved")
    assert last_edit(gym).sets[0].reps_full == 6


def test_a_correction_whose_answer_was_lost_is_no_conflict(phone: "Page", gym: Serving) -> None:
    lost: list[int] = []

    def lose_once(route: "Route") -> None:
        if route.request.method == "PATCH" and not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    phone.route("**/api/sessions/s0", lose_once)
    first_set(phone).get_by_role("button", name="One rep more").click()
    expect_state(phone, "retrying")
    expect_state(phone, "saved")
    assert lost == [200]
    assert phone.locator("#conflict").is_hidden()
    assert phone.evaluate("Object.keys(localStorage)") == []


def test_a_conflict_is_not_settled_by_a_reload(phone: "Page", gym: Serving) -> None:
    phone.route("**/api/sessions/s0", lambda route: route.abort())
    first_set(phone).get_by_role("button", name="One rep more").click()
    expect_state(phone, "retrying")
    token = phone.request.get(f"{gym.url}/api/session").json()["csrf_token"]
    body = {"sets": [{"exercise": 1, "number": 1, "reps_full": 9}]}
    phone.request.patch(f"{gym.url}/api/sessions/s0", data=body, headers={"x-csrf-token": token})
    phone.unroute("**/api/sessions/s0")
    phone.reload()
    sync_api.expect(phone.locator("#conflict")).to_contain_text("Set 1: reps are now 9, you wanted 6")
    assert last_edit(gym).sets[0].reps_full == 9


def test_theirs_can_be_taken_instead(phone: "Page", gym: Serving) -> None:
    token = phone.request.get(f"{gym.url}/api/session").json()["csrf_token"]
    phone.request.patch(f"{gym.url}/api/sessions/s0", data={"notes": "other phone"}, headers={"x-csrf-token": token})
    first_set(phone).get_by_role("button", name="One rep more").click()
    phone.locator("#conflict").get_by_role("button", name="Take theirs").click()
    sync_api.expect(phone.locator("#notes")).to_have_value("other phone")
    assert len(gym.agent.workouts.edits) == 1


def test_another_member_never_sends_what_somebody_left_behind(phone: "Page", gym: Serving) -> None:
    phone.route("**/api/sessions/s0", lambda route: route.abort())
    first_set(phone).get_by_role("button", name="One rep more").click()
    expect_state(phone, "retrying")
    phone.unroute("**/api/sessions/s0")
    phone.goto("about:blank")
    phone.context.clear_cookies()
    sign_in(phone, gym, "Max")
    phone.goto(f"{gym.url}/sessions/s1")
    assert phone.evaluate("Object.keys(localStorage)") == []
    assert gym.agent.workouts.edits == []


def test_signing_out_forgets_what_was_not_sent(phone: "Page", gym: Serving) -> None:
    phone.route("**/api/sessions/s0", lambda route: route.abort())
    first_set(phone).get_by_role("button", name="One rep more").click()
    expect_state(phone, "retrying")
    assert phone.evaluate("Object.keys(localStorage)") == ["edits:mia:s0"]
    phone.goto(f"{gym.url}/profile")
    phone.get_by_role("button", name="Sign out").click()
    phone.wait_for_url(f"{gym.url}/")
    assert phone.evaluate("Object.keys(localStorage)") == []


def test_a_deleted_workout_leaves_the_list_and_comes_back(page: "Page", gym: Serving) -> None:
    page.locator("#delete").click()
    sync_api.expect(page.locator("#undo")).to_contain_text("Workout deleted.")
    assert page.locator("[data-session='s0'].workout").count() == 0
    page.get_by_role("button", name="Undo").click()
    sync_api.expect(page.locator("[data-session='s0'].workout")).to_be_visible()


def test_a_past_workout_is_entered(page: "Page", gym: Serving) -> None:
    page.goto(f"{gym.url}/history/add")
    page.get_by_label("Day").fill("2026-11-18")
    page.get_by_label("Start").fill("18:30")
    page.get_by_label("Minutes").fill("45")
    page.get_by_label("Exercise", exact=True).fill("Squat")
    page.get_by_label("Exercise", exact=True).blur()
    sync_api.expect(page.locator(".previous")).to_have_text("Last time: 5, 5")
    page.get_by_label("reps").fill("8")
    page.get_by_label("Weight in kg").fill("60")
    page.get_by_role("button", name="Another set").click()
    page.get_by_role("button", name="Save workout").click()
    page.wait_for_url("**/sessions/*-*")
    added = next(session for session, _ in gym.agent.saved if session.source == "manual")
    assert added.start_time.startswith("2026-11-18T18:30")
    sets = [(one.reps_full, one.weight_kg) for one in added.exercises[0].sets]
    assert (added.exercises[0].exercise, added.duration_s, sets) == ("squat", 2700, [(8, 60), (8, 60)])


def test_what_was_typed_stays_when_the_sign_in_has_ended_meanwhile(phone: "Page", gym: Serving) -> None:
    phone.goto(f"{gym.url}/history/add")
    phone.get_by_label("Exercise", exact=True).fill("Squat")
    phone.get_by_label("reps").fill("8")
    phone.context.clear_cookies()
    phone.get_by_role("button", name="Save workout").click()
    sync_api.expect(phone.locator("#sign-in a")).to_be_visible()
    sign_in(phone, gym, "Mia")
    phone.get_by_role("button", name="Save workout").click()
    phone.wait_for_url("**/sessions/*-*")
    assert [session.reps for session, _ in gym.agent.saved if session.source == "manual"] == [8]


def test_a_form_without_any_set_is_not_sent(phone: "Page", gym: Serving) -> None:
    phone.goto(f"{gym.url}/history/add")
    phone.get_by_label("Exercise", exact=True).fill("Yoga")
    phone.get_by_role("button", name="Save workout").click()
    sync_api.expect(phone.locator("#answer")).to_have_text(
        "Enter at least one set with reps or seconds for each exercise"
    )


@pytest.mark.parametrize(
    ("reps", "weight", "words"),
    [
        ("2.5", "", "2.5 is not a whole number"),
        ("1001", "", "1001 is more than 1000"),
        ("5", "1200", "1200 is more than 1000"),
        ("", "80", "A set has neither reps nor seconds; fill them in or remove it"),
    ],
)
def test_a_past_set_that_would_not_be_kept_is_told_in_words(
    phone: "Page", gym: Serving, reps: str, weight: str, words: str
) -> None:
    phone.goto(f"{gym.url}/history/add")
    phone.get_by_label("Exercise", exact=True).fill("Squat")
    phone.get_by_label("reps").fill(reps)
    phone.get_by_label("Weight in kg").fill(weight)
    phone.get_by_role("button", name="Save workout").click()
    sync_api.expect(phone.locator("#answer")).to_have_text(words)


def test_an_exercise_without_a_set_is_not_left_out_silently(phone: "Page", gym: Serving) -> None:
    phone.goto(f"{gym.url}/history/add")
    phone.get_by_label("Exercise", exact=True).fill("Squat")
    phone.get_by_label("reps").fill("5")
    phone.get_by_role("button", name="Another exercise").click()
    phone.get_by_label("Exercise", exact=True).last.fill("Plank")
    phone.get_by_role("button", name="Save workout").click()
    sync_api.expect(phone.locator("#answer")).to_contain_text("for each exercise")
