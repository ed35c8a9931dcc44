"""axe-core looks at what pages show only after something was done: forms, answers, receipts, troubles."""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from edge_agent.records import Refusal
from tests.accessibility import grave_violations, needs_axe
from tests.browsing import browsing, press, shows, sideways, sign_in
from tests.chromium import needs_chromium
from tests.fake_agent import FakeAgent, some_members
from tests.fake_people import PIN
from tests.fake_training import a_session
from tests.test_importing_hevy import KG, row
from tests.web_serving import Serving, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, needs_chromium, needs_axe]
ANY_WORDS = re.compile(".")


class Visit:
    """Somebody in front of a page of a kiosk with members."""

    def __init__(self, page: "Page", serving: Serving) -> None:
        self.page = page
        self.serving = serving

    def open(self, path: str, name: str = "") -> "Page":
        if name:
            sign_in(self.page, self.serving, name)
        self.page.goto(self.serving.url + path)
        return self.page

    def says(self, selector: str) -> None:
        """Wait until an element says something."""
        sync_api.expect(self.page.locator(selector)).to_have_text(ANY_WORDS)


def a_wrong_pin(visit: Visit) -> None:
    page = visit.open("/sign-in")
    page.click("summary")
    page.fill("#name", "Mia")
    page.fill("#pin", "0000")
    page.keyboard.press("Enter")
    visit.says("form[data-send='POST /api/session'] .answer")


def a_code_that_has_changed(visit: Visit) -> None:
    page = visit.open("/pair#PAIR-0", "Noah")
    page.click("#pair [type=submit]")
    visit.says("#pair .answer")


def who_is_paired(visit: Visit) -> None:
    page = visit.open("/pair#PAIR-1", "Noah")
    page.click("#pair [type=submit]")
    visit.says("#paired")


def a_profile_with_everything_open(visit: Visit) -> None:
    page = visit.open("/profile", "Mia")
    for summary in page.locator("summary").all():
        summary.click()
    page.click("#profile [type=submit]")
    visit.says("#profile .answer")


def a_pin_that_is_refused(visit: Visit) -> None:
    page = visit.open("/profile", "Mia")
    for field in page.locator("#pin-form [type=password]").all():
        field.fill("0000")
    page.click("#pin-form [type=submit]")
    visit.says("#pin-form .answer")


def a_receipt(visit: Visit) -> None:
    page = visit.open("/profile", "Mia")
    page.click("summary")
    page.fill("#pin-leave", PIN)
    page.click("form[data-send='POST /api/me/leave'] [type=submit], #leave [type=submit]")
    visit.says("#receipt")


def a_reset_code(visit: Visit) -> None:
    page = visit.open("/members", "Olga")
    page.locator("[data-user=mia] button").first.click()
    shows(page, "#reset-code", "RESET")


def a_workout_that_is_corrected(visit: Visit) -> None:
    visit.open("/sessions/s0", "Mia").locator("#correct").click()


def a_correction_that_is_refused(visit: Visit) -> None:
    page = visit.open("/sessions/s0", "Mia")
    page.locator("#correct").click()
    page.locator("[data-order='1'] [data-set='1'] input").first.fill("heavy")
    page.locator("[data-order='1'] [data-set='1'] input").first.blur()
    sync_api.expect(page.locator("#saving")).to_have_attribute("data-state", "refused")


def a_conflict(visit: Visit) -> None:
    page = visit.open("/sessions/s0", "Mia")
    page.locator("#correct").click()
    token = page.request.get(f"{visit.serving.url}/api/session").json()["csrf_token"]
    change = {"sets": [{"exercise": 1, "number": 1, "reps_full": 9}]}
    page.request.patch(f"{visit.serving.url}/api/sessions/s0", data=change, headers={"x-csrf-token": token})
    page.locator("[data-order='1'] [data-set='1'] button").first.click()
    visit.says("#conflict")


def a_workout_that_was_deleted(visit: Visit) -> None:
    page = visit.open("/sessions/s0", "Mia")
    page.locator("#correct").click()
    page.locator("#delete").click()
    visit.says("#undo")


def a_workout_that_is_entered(visit: Visit) -> None:
    page = visit.open("/history/add", "Mia")
    page.get_by_label("Exercise", exact=True).fill("Yoga")
    page.get_by_role("button", name="Another set").click()
    page.get_by_role("button", name="Save workout").click()
    visit.says("#answer")


def a_workout_that_was_half_typed(visit: Visit) -> None:
    page = visit.open("/history/add", "Mia")
    page.get_by_label("Exercise", exact=True).fill("Yoga")
    page.reload()
    visit.says("#draft")


def many_unnamed_workouts(visit: Visit) -> None:
    for number in range(7):
        visit.serving.agent.keep(a_session(f"unnamed-{number}", user_id="guest"))
        visit.serving.agent.workouts.fresh.add(f"unnamed-{number}")
    visit.open("/profile", "Mia").click("#older summary")


def files_that_were_looked_through(visit: Visit) -> None:
    page = visit.open("/import", "Mia")
    content = KG + row() + row(start='"17 Feb 2026, 18:30"', end="") + row(start='"18 Foo 2026, 18:30"')
    page.set_input_files("#files", {"name": "hevy.csv", "mimeType": "text/csv", "buffer": content.encode()})
    sync_api.expect(page.locator("[data-count=new]")).to_have_text("2")


def files_that_were_kept(visit: Visit) -> None:
    files_that_were_looked_through(visit)
    visit.page.get_by_role("button", name="Keep 2 workouts").click()
    visit.says("#report-title")


def a_file_nobody_understands(visit: Visit) -> None:
    page = visit.open("/import", "Mia")
    page.set_input_files("#files", {"name": "list.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2\n"})
    visit.says("#answer")


def a_set_with_a_cue(visit: Visit) -> None:
    visit.open("/", "Mia")
    fields = {"phase": "set", "set_number": 2, "reps": 5, "session_id": "s9", "trainee": "Mia", "cue": "Go deeper"}
    visit.serving.do(lambda: visit.serving.agent.change(**fields, session_reps=12, set_elapsed_s=9.0))
    visit.says("#cue")


def a_disk_that_is_full(visit: Visit) -> None:
    visit.open("/", "Mia")
    visit.serving.do(lambda: visit.serving.agent.change(vision="camera_lost", trouble="Not saved yet: disk full"))
    visit.says("#trouble")


def a_kiosk_that_is_gone(visit: Visit) -> None:
    visit.open("/", "Mia")
    visit.serving.stop()
    shows(visit.page, "#link", "Reconnecting")


def records_that_were_refused(visit: Visit) -> None:
    refusal = Refusal(entity="session", key="s0", op="put", saved_at="2026-11-20T18:00:00+00:00", reason="no name")
    visit.serving.agent.set_sync(connected=False, connection="Unreachable", refused=1, refusals=(refusal,))
    visit.open("/sync", "Olga")


def a_history_with_everything_open(visit: Visit) -> None:
    page = visit.open("/history", "Mia")
    for summary in page.locator("summary:visible").all():
        summary.click()


def the_pad(visit: Visit) -> None:
    page = visit.open("/?kiosk=1")
    page.click("text=Sign in here")
    press(page, "MIA")


STATES = [
    a_wrong_pin,
    a_code_that_has_changed,
    who_is_paired,
    a_profile_with_everything_open,
    a_pin_that_is_refused,
    a_receipt,
    a_reset_code,
    a_workout_that_is_corrected,
    a_correction_that_is_refused,
    a_conflict,
    a_workout_that_was_deleted,
    a_workout_that_is_entered,
    a_workout_that_was_half_typed,
    many_unnamed_workouts,
    files_that_were_looked_through,
    files_that_were_kept,
    a_file_nobody_understands,
    a_set_with_a_cue,
    a_disk_that_is_full,
    a_kiosk_that_is_gone,
    records_that_were_refused,
    a_history_with_everything_open,
    the_pad,
]


@pytest.fixture
def visit(browser: "Browser") -> Iterator[Visit]:
    agent = FakeAgent()
    some_members(agent.people)
    agent.keep(a_session("s0", user_id="mia", user_name="Mia"), state="refused", reason="no name")
    with served(agent) as serving, browsing(browser, bypass_csp=True, reduced_motion="reduce") as page:
        yield Visit(page, serving)


@pytest.mark.parametrize("state", STATES)
def test_a_state_has_no_serious_barrier(visit: Visit, state: Callable[[Visit], None]) -> None:
    state(visit)
    for scheme in ("light", "dark"):
        visit.page.emulate_media(color_scheme=scheme)
        assert grave_violations(visit.page) == []
    assert sideways(visit.page) <= 0
