"""Chromium looks at the pages of a fake agent, as a phone and as the screen on the wall."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from edge_agent.records import Sight
from tests.chromium import WITHIN_MS, needs_chromium
from tests.fake_agent import FakeAgent
from tests.fake_training import a_session, figure
from tests.web_serving import Serving, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, needs_chromium]

PHONE: "ViewportSize" = {"width": 360, "height": 740}
WALL: "ViewportSize" = {"width": 1920, "height": 1080}
PAGES = ["/", "/?kiosk=1", "/history", "/sessions/s0", "/sync"]

PAINTED = """() => {
    const canvas = document.getElementById("skeleton");
    return canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0);
}"""


@pytest.fixture
def serving() -> Iterator[Serving]:
    agent = FakeAgent()
    agent.keep(a_session("s0"), state="saved")
    with served(agent) as serving:
        yield serving


@pytest.fixture
def page(browser: "Browser") -> "Iterator[Page]":
    context = browser.new_context(viewport=PHONE)
    context.set_default_timeout(WITHIN_MS)
    yield context.new_page()
    context.close()


def shown(page: "Page", selector: str, text: str) -> None:
    sync_api.expect(page.locator(selector)).to_have_text(text)


@pytest.mark.parametrize("size", [PHONE, WALL], ids=["phone", "wall"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_without_complaint_and_fits(
    page: "Page", serving: Serving, path: str, size: "ViewportSize"
) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_viewport_size(size)
    page.goto(serving.url + path)
    page.evaluate("document.fonts.ready")
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_count_rises_as_the_agent_counts(page: "Page", serving: Serving) -> None:
    page.goto(serving.url)
    shown(page, "#reps", "0")
    for reps in (1, 2, 12):
        serving.do(lambda reps=reps: serving.agent.change(phase="set", reps=reps, set_number=1))  # type: ignore[misc]
        shown(page, "#reps", str(reps))
    shown(page, "#phase", "Set 1")


def test_the_set_timer_goes_on_between_events(page: "Page", serving: Serving) -> None:
    page.goto(serving.url)
    serving.do(lambda: serving.agent.change(phase="set", set_elapsed_s=59.0))
    shown(page, "#timer", "1:00")


def test_a_cue_is_shown_and_taken_away(page: "Page", serving: Serving) -> None:
    page.goto(serving.url)
    serving.do(lambda: serving.agent.change(cue="Go deeper"))
    shown(page, "#cue", "Go deeper")
    serving.do(lambda: serving.agent.change(cue=""))
    sync_api.expect(page.locator("#cue")).to_be_hidden()


def test_the_skeleton_is_drawn(page: "Page", serving: Serving) -> None:
    page.goto(serving.url)
    shown(page, "#reps", "0")
    assert not page.evaluate(PAINTED)
    serving.do(lambda: serving.agent.show(figure(0.5)))
    page.wait_for_function(PAINTED)
    sync_api.expect(page.locator("#hint")).to_be_hidden()


def test_a_lost_camera_is_told_in_words(page: "Page", serving: Serving) -> None:
    page.goto(serving.url)
    serving.do(lambda: serving.agent.change(vision="camera_lost", vision_detail="unplugged"))
    shown(page, "#vision", "Camera lost: unplugged; the count is kept")


def test_trouble_with_saving_is_told(page: "Page", serving: Serving) -> None:
    page.goto(serving.url)
    serving.do(lambda: serving.agent.change(trouble="Not saved yet: disk full"))
    shown(page, "#trouble", "Not saved yet: disk full")


def test_an_exercise_can_be_chosen_by_keyboard(page: "Page", serving: Serving) -> None:
    page.goto(serving.url)
    sync_api.expect(page.locator("#exercise")).to_be_enabled()
    page.locator("#exercise").press("Enter")
    page.get_by_role("button", name="Push-up").press("Enter")
    shown(page, "#exercise-name", "Push-up")
    assert serving.agent.calls == ["choose push_up"]


def test_finishing_shows_the_way_to_the_cloud(page: "Page", serving: Serving) -> None:
    serving.do(lambda: serving.agent.change(phase="rest", session_id="now"))
    page.goto(serving.url)
    page.click("#finish")
    done = page.locator("#last-path .done")
    sync_api.expect(done).to_have_text(["Saved here"])
    serving.do(lambda: serving.agent.change(last_session_state="confirmed"))
    sync_api.expect(done).to_have_text(["Saved here", "Handed over", "Confirmed in the cloud"])


def test_a_lost_stream_says_reconnecting_and_comes_back(page: "Page", serving: Serving) -> None:
    serving.do(lambda: serving.agent.change(reps=3, session_id="now"))
    page.goto(serving.url)
    shown(page, "#reps", "3")
    serving.stop()
    shown(page, "#link", "Reconnecting")
    sync_api.expect(page.locator("#finish")).to_be_disabled()
    serving.agent.state = type(serving.agent.state)(phase="set", exercise="squat", exercise_name="Squat", reps=4)
    with served(serving.agent, port=serving.port):
        shown(page, "#reps", "4")
        sync_api.expect(page.locator("#link")).to_be_hidden()


def test_the_page_takes_an_update_of_the_kiosk_by_itself(page: "Page", serving: Serving) -> None:
    page.goto(serving.url)
    shown(page, "#reps", "0")
    serving.stop()
    shown(page, "#link", "Reconnecting")
    page.route(f"{serving.url}/", lambda route: route.fulfill(body="<h1>New</h1>", content_type="text/html"))
    with served(serving.agent, port=serving.port):
        shown(page, "h1", "New")


def test_a_session_page_follows_its_way_to_the_cloud(page: "Page", serving: Serving) -> None:
    page.goto(f"{serving.url}/sessions/s0")
    sync_api.expect(page.locator(".path .done")).to_have_count(1)
    serving.do(lambda: serving.agent.forward("s0", state="confirmed"))
    sync_api.expect(page.locator(".path .done")).to_have_count(3)


def test_the_overview_follows_the_figures(page: "Page", serving: Serving) -> None:
    page.goto(f"{serving.url}/sync")
    shown(page, ".badge", "Saved here")

    def confirm() -> None:
        serving.agent.forward("s0", state="confirmed")
        serving.agent.set_sync(confirmed=1)

    serving.do(confirm)
    shown(page, ".badge", "Confirmed in the cloud")
    shown(page, "#confirmed", "1")


def test_what_the_camera_can_tell_from_where_it_stands_is_told(page: "Page", serving: Serving) -> None:
    page.goto(serving.url)
    seen = Sight(view="front", recordings=10, within_one=9, range="estimated", depth_hidden=True)
    serving.do(lambda: serving.agent.change(phase="ready", sight=seen))
    words = "9 of 10 test recordings counted to within one rep, range estimated, depth not judged"
    shown(page, "#sight", f"From the front: {words}")
    serving.do(lambda: serving.agent.change(sight=Sight(view="rear", range="not")))
    shown(page, "#sight", "From behind: not measured how well reps are counted, range not measured")
    serving.do(lambda: serving.agent.change(phase="set", sight=None))
    sync_api.expect(page.locator("#sight")).to_be_hidden()


def test_advice_is_shown_and_a_cue_goes_before_it(page: "Page", serving: Serving) -> None:
    page.goto(serving.url)
    serving.do(lambda: serving.agent.change(phase="ready", advice="turn_side"))
    shown(page, "#advice", "Turn side-on: from here your range can't be measured")
    serving.do(lambda: serving.agent.change(cue="Deeper"))
    sync_api.expect(page.locator("#advice")).to_be_hidden()
    serving.do(lambda: serving.agent.change(cue="", advice=""))
    sync_api.expect(page.locator("#advice")).to_be_hidden()
