"""Chromium presses the buttons of the page that shows the way to the cloud."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.chromium import WITHIN_MS, needs_chromium
from tests.fake_agent import FakeAgent
from tests.test_web_sync import refusal
from tests.web_serving import Serving, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, needs_chromium]


@pytest.fixture
def serving() -> Iterator[Serving]:
    agent = FakeAgent()
    agent.set_sync(refused=2, refusals=(refusal("ann"), refusal("ben", op="delete")))
    with served(agent) as serving:
        yield serving


@pytest.fixture
def page(browser: "Browser", serving: Serving) -> "Iterator[Page]":
    context = browser.new_context(viewport={"width": 360, "height": 740})
    context.set_default_timeout(WITHIN_MS)
    page = context.new_page()
    page.goto(f"{serving.url}/sync")
    yield page
    context.close()


def test_retry_now_tries_and_says_so(page: "Page", serving: Serving) -> None:
    page.get_by_role("button", name="Retry now").click()
    sync_api.expect(page.locator("#answer")).to_have_text("Trying now")
    assert serving.agent.calls == ["retry"]


def test_one_refused_record_is_tried_again_and_leaves_the_list(page: "Page", serving: Serving) -> None:
    page.locator("#refusal-list li", has_text="ann").get_by_role("button").click()
    sync_api.expect(page.locator("#refusal-list li")).to_have_count(1)
    sync_api.expect(page.locator("#answer")).to_have_text("Sent again: 1")
    assert serving.agent.calls == ["retry refused ann"]


def test_all_refused_records_are_tried_again_and_the_list_goes(page: "Page", serving: Serving) -> None:
    page.get_by_role("button", name="Try all again").click()
    sync_api.expect(page.locator("#refusals")).to_be_hidden()
    assert serving.agent.calls == ["retry refused None"]


def test_a_new_refusal_appears_by_itself_and_has_its_button(page: "Page", serving: Serving) -> None:
    new = refusal("cleo", op="delete", reason="<i>no</i>")
    serving.do(lambda: serving.agent.set_sync(refused=1, refusals=(new,)))
    row = page.locator("#refusal-list li")
    sync_api.expect(row).to_have_count(1)
    sync_api.expect(row.locator("code")).to_have_text("cleo")
    sync_api.expect(row.locator("strong")).to_have_text("Member, deletion")
    sync_api.expect(row.locator(".reason")).to_have_text("<i>no</i>")
    row.get_by_role("button").click()
    sync_api.expect(row).to_have_count(0)
    assert serving.agent.calls == ["retry refused cleo"]


def test_an_alarm_is_seen(page: "Page", serving: Serving) -> None:
    words = "Broker x does not let us in"
    serving.do(lambda: serving.agent.set_sync(connected=False, alarm=True, connection=words, attempts=4))
    sync_api.expect(page.locator("#connection")).to_have_text(words)
    sync_api.expect(page.locator("#attempts")).to_have_text("Failed tries in a row: 4")
    assert page.locator("#sync").get_attribute("data-alarm") == "true"


def test_moments_are_written_like_everywhere_else(page: "Page", serving: Serving) -> None:
    serving.do(lambda: serving.agent.set_sync(fetched_at="2026-02-16T23:34:50.123+01:00"))
    sync_api.expect(page.locator("#fetched")).to_contain_text("at Mon 16 Feb 2026, 23:34")
