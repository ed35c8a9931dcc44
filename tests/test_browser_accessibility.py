"""axe-core looks at every page of the route table as everybody who may come there: phone and kiosk, light and dark."""

import inspect
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, get_args
from urllib.parse import urlsplit

import pytest
from litestar.response import Template
from litestar.routes import HTTPRoute

from tests.accessibility import grave_violations, needs_axe
from tests.browsing import KIOSK, PHONE, browsing, sideways, sign_in
from tests.chromium import needs_chromium
from tests.fake_agent import FakeAgent, some_members
from tests.fake_training import a_session
from tests.fake_year import train_for_a_year
from tests.web_serving import Serving, served
from web.app import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, needs_chromium, needs_axe]

PHONE_GERMAN: dict[str, Any] = {"viewport": PHONE, "color_scheme": "light", "locale": "de-DE"}
KIOSK_ENGLISH: dict[str, Any] = {"viewport": KIOSK, "color_scheme": "dark"}
ADDRESSES = {
    "/exercises/{exercise:str}": ("/exercises/squat", "/exercises/nothing"),
    "/sessions/{session_id:str}": ("/sessions/mia-1", "/sessions/mia-9", "/sessions/s0"),
    "/history": ("/history", "/history?since=1999-01-01&until=1999-01-02", "/history?deleted=x"),
    "/": ("/", "/?kiosk=1"),
}
"""What to open where a page's path is not all there is to it."""
ELSEWHERE = ["/nowhere"]
OF_MIA = ["/history?member=mia", "/exercises?member=mia", "/exercises/squat?member=mia"]
VIEWERS = [
    ("", PHONE_GERMAN),
    ("Mia", PHONE_GERMAN),
    ("Mia", KIOSK_ENGLISH),
    ("Noah", KIOSK_ENGLISH),
    ("Carlo", PHONE_GERMAN),
    ("Olga", PHONE_GERMAN),
    ("Olga", KIOSK_ENGLISH),
]
"""Nobody, a member with a year of training, one with none, a coach and the owner."""


def page_paths() -> list[str]:
    """Return the path of every route that answers with a page."""
    return [
        route.path
        for route in create_app(FakeAgent(), "any").routes
        if isinstance(route, HTTPRoute) and any(makes_page(handler.fn) for handler in route.route_handlers)
    ]


def makes_page(function: Callable[..., Any]) -> bool:
    answer = inspect.signature(function).return_annotation
    return Template in (answer, *get_args(answer))


def addresses() -> list[str]:
    """Return what to open of all pages. Raises `KeyError` for a path with a parameter that is not known here."""
    return [one for path in page_paths() for one in (ADDRESSES[path] if "{" in path else ADDRESSES.get(path, (path,)))]


@pytest.fixture(scope="module")
def gym() -> Iterator[Serving]:
    agent = FakeAgent()
    some_members(agent.people)
    train_for_a_year(agent, "mia")
    agent.keep(a_session("s0"), state="refused", reason="no name")
    with served(agent) as serving:
        yield serving


def barriers(page: "Page", serving: Serving, paths: list[str]) -> list[str]:
    """Return all that is wrong with these pages, and how much too wide they are; each refusal is looked at once."""
    wrong: list[str] = []
    seen: set[object] = set()
    for path in paths:
        answer = page.goto(serving.url + path)
        assert answer
        is_it = answer.ok and urlsplit(page.url).path == urlsplit(path).path
        shown: object = path if is_it else (answer.status, page.title())
        if shown not in seen:
            seen.add(shown)
            wrong += [f"{path}: {line}" for line in grave_violations(page)]
            wrong += [f"{path}: {sideways(page)} pixels too wide"] if sideways(page) > 0 else []
    assert len(seen) > 5
    return wrong


@pytest.mark.parametrize(("name", "look"), VIEWERS)
def test_all_pages(browser: "Browser", gym: Serving, name: str, look: dict[str, Any]) -> None:
    with browsing(browser, bypass_csp=True, reduced_motion="reduce", **look) as page:
        if name:
            sign_in(page, gym, name)
        assert barriers(page, gym, [*addresses(), *(OF_MIA if name == "Carlo" else []), *ELSEWHERE]) == []


@pytest.mark.parametrize(("sessions", "look"), [(0, KIOSK_ENGLISH), (1, PHONE_GERMAN)])
def test_all_pages_of_a_kiosk_that_is_new(browser: "Browser", sessions: int, look: dict[str, Any]) -> None:
    agent = FakeAgent()
    for number in range(sessions):
        agent.keep(a_session(f"s{number}"), state="refused", reason="no name")
    with served(agent) as serving, browsing(browser, bypass_csp=True, **look) as page:
        assert barriers(page, serving, addresses()) == []


def test_axe_does_find_what_is_wrong(browser: "Browser", gym: Serving) -> None:
    with browsing(browser, bypass_csp=True) as page:
        page.goto(f"{gym.url}/sign-in")
        page.evaluate("document.querySelector('main').innerHTML = '<h1>x</h1><input>'")
        assert any(line.startswith("label") for line in grave_violations(page))
