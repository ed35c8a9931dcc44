"""axe-core looks at every page: on a phone and on a kiosk, light and dark, empty and full, signed in and not."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.accessibility import grave_violations, needs_axe
from tests.browsing import KIOSK, PHONE, browsing, sideways, sign_in
from tests.chromium import needs_chromium
from tests.fake_agent import FakeAgent
from tests.fake_training import a_session
from tests.fake_year import train_for_a_year
from tests.web_serving import Serving, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, needs_chromium, needs_axe]

LOOKS: dict[str, dict[str, Any]] = {
    "phone, light": {"viewport": PHONE, "color_scheme": "light", "locale": "de-DE"},
    "kiosk, dark": {"viewport": KIOSK, "color_scheme": "dark"},
}
SIGNED_OUT = ["/", "/?kiosk=1", "/sign-in", "/join", "/pair", "/left", "/nowhere"]
MEMBERS = ["/", "/history", "/exercises", "/exercises/squat", "/exercises/nothing", "/profile", "/history/add"]
FILES = ["/import", "/export"]
WORKOUTS = ["/sessions/mia-1", "/sessions/mia-9", "/history?since=1999-01-01&until=1999-01-02", "/history?deleted=x"]
OWNERS = ["/", "/history", "/exercises", "/members", "/sync"]
EMPTY = ["/", "/history", "/exercises", "/claim", "/sync", "/sessions/s0"]


@pytest.fixture(scope="module")
def gym() -> Iterator[Serving]:
    agent = FakeAgent()
    agent.people.meet("Olga", "owner")
    agent.people.meet("Mia")
    train_for_a_year(agent, "mia")
    with served(agent) as serving:
        yield serving


def check(browser: "Browser", serving: Serving, paths: list[str], look: str, name: str | None = None) -> None:
    """Fail with all that is wrong on these pages, and with pages that are wider than the window."""
    wrong: list[str] = []
    with browsing(browser, bypass_csp=True, reduced_motion="reduce", **LOOKS[look]) as page:
        if name:
            sign_in(page, serving, name)
        for path in paths:
            page.goto(serving.url + path)
            page.wait_for_load_state("load")
            wrong += [f"{path}: {line}" for line in grave_violations(page)]
            if sideways(page) > 0:
                wrong.append(f"{path}: {sideways(page)} pixels wider than the window")
    assert wrong == []


@pytest.mark.parametrize("look", LOOKS)
def test_pages_for_anybody(browser: "Browser", gym: Serving, look: str) -> None:
    check(browser, gym, SIGNED_OUT, look)


@pytest.mark.parametrize("look", LOOKS)
def test_pages_of_a_member(browser: "Browser", gym: Serving, look: str) -> None:
    check(browser, gym, MEMBERS + WORKOUTS + FILES, look, "Mia")


@pytest.mark.parametrize("look", LOOKS)
def test_pages_of_the_owner(browser: "Browser", gym: Serving, look: str) -> None:
    check(browser, gym, OWNERS, look, "Olga")


@pytest.mark.parametrize("look", LOOKS)
def test_pages_of_a_kiosk_that_is_new(browser: "Browser", look: str) -> None:
    agent = FakeAgent()
    with served(agent) as serving:
        check(browser, serving, ["/history", "/exercises"], look)
        serving.do(lambda: agent.keep(a_session("s0"), state="refused", reason="no name"))
        check(browser, serving, EMPTY, look)


@pytest.mark.parametrize("look", LOOKS)
def test_a_workout_while_it_is_corrected(browser: "Browser", gym: Serving, look: str) -> None:
    with browsing(browser, bypass_csp=True, **LOOKS[look]) as page:
        sign_in(page, gym, "Mia")
        page.goto(f"{gym.url}/sessions/mia-9")
        page.locator("#correct").click()
        assert grave_violations(page) == []
        assert sideways(page) <= 0


def test_axe_does_find_what_is_wrong(browser: "Browser", gym: Serving) -> None:
    with browsing(browser, bypass_csp=True) as page:
        page.goto(f"{gym.url}/sign-in")
        page.evaluate("document.querySelector('main').innerHTML = '<h1>x</h1><input>'")
        assert any(line.startswith("label") for line in grave_violations(page))
