"""Chromium brings workouts in and takes them out, on a phone and at the kiosk."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browsing import KIOSK, PHONE, browsing, sideways, sign_in
from tests.chromium import needs_chromium
from tests.fake_agent import FakeAgent
from tests.journal_parts import make_session
from tests.test_importing_hevy import KG, row
from tests.web_serving import Serving, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, needs_chromium]

FILE = KG + row() + row(start='"17 Feb 2026, 18:30"', end="") + row(start='"18 Foo 2026, 18:30"')


@pytest.fixture
def serving() -> Iterator[Serving]:
    agent = FakeAgent()
    agent.people.meet("Ann")
    agent.people.meet("Olga", role="owner")
    with served(agent) as serving:
        yield serving


@pytest.fixture(params=[PHONE, KIOSK], ids=["phone", "kiosk"])
def page(request: pytest.FixtureRequest, browser: "Browser", serving: Serving) -> "Iterator[Page]":
    with browsing(browser, viewport=request.param) as page:
        sign_in(page, serving, "Ann")
        yield page


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "hevy.csv"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_a_file_is_looked_through_before_it_is_kept(page: "Page", serving: Serving, file: Path) -> None:
    page.goto(f"{serving.url}/import")
    page.set_input_files("#files", file)
    sync_api.expect(page.locator("[data-count=new]")).to_have_text("2")
    sync_api.expect(page.locator("#rows tr", has_text="Refused")).to_contain_text("is no month")
    assert serving.agent.saved == []
    assert sideways(page) == 0


def test_a_file_that_is_refused_is_named_and_keeps_no_other_out(
    page: "Page", serving: Serving, file: Path, tmp_path: Path
) -> None:
    other = tmp_path / "holiday.csv"
    other.write_bytes(b"\x89PNG")
    page.goto(f"{serving.url}/import")
    page.set_input_files("#files", [other, file])
    sync_api.expect(page.locator("[data-count=new]")).to_have_text("2")
    sync_api.expect(page.locator("#answer")).to_contain_text("holiday.csv")


def test_what_was_looked_at_is_kept_by_one_more_tap(page: "Page", serving: Serving, file: Path) -> None:
    serving.agent.transfer.is_slow = True
    page.goto(f"{serving.url}/import")
    page.set_input_files("#files", file)
    page.get_by_role("button", name="Keep 2 workouts").click()
    sync_api.expect(page.locator("#report-title")).to_have_text("2 workouts are in your history now")
    assert len(serving.agent.saved) == 2
    page.get_by_role("link", name="See them in the history").click()
    sync_api.expect(page.locator("#workouts li")).to_have_count(2)


def test_a_phone_out_of_reach_for_a_moment_still_tells_what_has_landed(
    page: "Page", serving: Serving, file: Path
) -> None:
    serving.agent.transfer.is_slow = True
    missed: list[str] = []

    def miss_once(route: "Route") -> None:
        if missed:
            return route.continue_()
        missed.append(route.request.url)
        return route.abort()

    page.goto(f"{serving.url}/import")
    page.route("**/api/imports/*", miss_once)
    page.set_input_files("#files", file)
    sync_api.expect(page.locator("[data-count=new]")).to_have_text("2")
    assert len(missed) == 1
    assert page.locator("#answer").inner_text() == ""


def test_a_second_time_there_is_nothing_to_keep(page: "Page", serving: Serving, file: Path) -> None:
    page.goto(f"{serving.url}/import")
    page.set_input_files("#files", file)
    page.get_by_role("button", name="Keep 2 workouts").click()
    page.get_by_role("button", name="Choose other files").click()
    page.set_input_files("#files", file)
    sync_api.expect(page.locator("[data-count=known]")).to_have_text("2")
    sync_api.expect(page.locator("#take")).to_be_hidden()


def test_files_may_be_dropped(page: "Page", serving: Serving) -> None:
    page.goto(f"{serving.url}/import")
    page.evaluate(
        """content => {
            const files = new DataTransfer();
            files.items.add(new File([content], "hevy.csv"));
            const drop = document.getElementById("drop");
            drop.dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
        }""",
        FILE,
    )
    sync_api.expect(page.locator("[data-count=new]")).to_have_text("2")


def test_a_file_nobody_understands_is_explained(page: "Page", serving: Serving, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    page.goto(f"{serving.url}/import")
    page.set_input_files("#files", path)
    sync_api.expect(page.locator("#answer")).to_contain_text("in no format that is known here")
    sync_api.expect(page.locator("#choice")).to_be_visible()


def test_an_export_tells_how_many_workouts_and_downloads_them(page: "Page", serving: Serving) -> None:
    serving.do(lambda: serving.agent.keep(make_session("one", user_id="ann")))
    serving.do(lambda: serving.agent.keep(make_session("two", user_id="ann", start="2026-03-01T10:00:00+01:00")))
    page.goto(f"{serving.url}/export")
    sync_api.expect(page.locator("#count")).to_have_text("2 workouts")
    page.get_by_label("From", exact=True).fill("2026-03-01")
    sync_api.expect(page.locator("#count")).to_have_text("1 workout")
    page.get_by_text("Spreadsheet (CSV)").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "workouts.csv"
    content = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert "two" in content
    assert "one" not in content
    assert sideways(page) == 0
