"""Chromium goes through a history: filters, pages, charts, trends, languages, paper; on a phone and on a kiosk."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.browsing import KIOSK, PHONE, browsing, sideways, sign_in
from tests.chromium import needs_chromium
from tests.fake_agent import read_in_two_languages
from tests.fake_year import train_for_a_year
from tests.web_serving import Serving, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, needs_chromium]


@pytest.fixture(scope="module")
def gym() -> Iterator[Serving]:
    agent = read_in_two_languages()
    train_for_a_year(agent, "mia")
    train_for_a_year(agent, "max")
    with served(agent) as serving:
        yield serving


@pytest.fixture(params=[PHONE, KIOSK], ids=["phone", "kiosk"])
def page(browser: "Browser", gym: Serving, request: Any) -> "Iterator[Page]":
    with browsing(browser, viewport=request.param) as page:
        sign_in(page, gym, "Mia")
        yield page


def total(page: "Page") -> int:
    return int(page.locator("#list-title").inner_text().split()[0])


def test_a_filter_narrows_the_list_without_a_new_page_and_stays_in_the_address(page: "Page", gym: Serving) -> None:
    page.goto(f"{gym.url}/history")
    everything = total(page)
    page.evaluate("window.sameDocument = true")
    page.select_option("[name=exercise]", "squat")
    sync_api.expect(page).to_have_url(f"{gym.url}/history?exercise=squat")
    sync_api.expect(page.locator("#results")).not_to_have_attribute("aria-busy", "true")
    assert total(page) < everything
    assert page.evaluate("window.sameDocument")
    page.go_back()
    sync_api.expect(page.locator("#list-title")).to_have_text(f"{everything} workouts")


def test_an_address_with_filters_shows_the_same_to_whoever_opens_it(page: "Page", gym: Serving) -> None:
    page.goto(f"{gym.url}/history?source=manual&sort=reps")
    reps = [int(text) for text in page.locator(".workout-reps b").all_inner_texts()]
    assert reps == sorted(reps, reverse=True)
    assert page.locator("[name=source]").input_value() == "manual"


def test_older_workouts_come_under_those_that_are_there(page: "Page", gym: Serving) -> None:
    page.goto(f"{gym.url}/history")
    page.locator("[rel=next]").click()
    sync_api.expect(page.locator("#workouts > li")).to_have_count(40)
    ids = page.locator("#workouts > li").evaluate_all("all => all.map((one) => one.dataset.session)")
    assert len(set(ids)) == 40


def test_each_chart_is_drawn_and_named_and_its_table_opens(page: "Page", gym: Serving) -> None:
    page.goto(f"{gym.url}/history")
    sync_api.expect(page.locator("figure[data-chart] canvas")).to_have_count(2)
    assert page.get_by_role("img", name="How much: a chart; the table behind it says the same").is_visible()
    details = page.locator("figure[data-chart=line] details")
    assert details.get_attribute("open") is None
    details.locator("summary").click()
    sync_api.expect(details.get_by_role("row")).to_have_count(13)


def test_a_chart_shows_another_figure_when_asked(page: "Page", gym: Serving) -> None:
    page.goto(f"{gym.url}/history")
    reps = page.get_by_role("group", name="How much").get_by_role("button", name="Reps")
    reps.click()
    assert reps.get_attribute("aria-pressed") == "true"


def test_an_exercise_shows_its_trend_and_both_kinds_of_records(page: "Page", gym: Serving) -> None:
    page.goto(f"{gym.url}/exercises")
    page.get_by_role("heading", name="Bench press").click()
    sync_api.expect(page.locator("figure canvas")).to_have_count(3)
    assert page.get_by_text("Epley").is_visible()
    assert page.locator(".records").get_by_text("Counted by the camera").first.is_visible()


def test_a_member_reads_in_their_own_language_and_units(browser: "Browser", gym: Serving) -> None:
    with browsing(browser, locale="fr-FR") as page:
        sign_in(page, gym, "Max")
        page.goto(f"{gym.url}/exercises/squat")
        sync_api.expect(page.locator("html")).to_have_attribute("lang", "de")
        assert page.get_by_role("heading", name="Kniebeuge").is_visible()
        assert page.locator(".set-line li").first.inner_text().startswith("242,5")
        assert "lb" in page.locator(".set-line li").first.inner_text()


def colour_of_chart(page: "Page") -> str:
    """Return the colour of a chart's line, as the canvas has it in its pixels."""
    page.wait_for_timeout(0)
    script = """figure => {
        const canvas = figure.querySelector('canvas');
        const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        const seen = {};
        for (let at = 0; at < pixels.length; at += 4) {
            if (pixels[at + 3] < 255) continue;
            const colour = `${pixels[at]},${pixels[at + 1]},${pixels[at + 2]}`;
            seen[colour] = (seen[colour] ?? 0) + 1;
        }
        return Object.entries(seen).sort((one, other) => other[1] - one[1]).map(([colour]) => colour);
    }"""
    return " ".join(page.locator("figure[data-chart=line]").evaluate(script))


def test_charts_follow_light_and_dark(browser: "Browser", gym: Serving) -> None:
    with browsing(browser, color_scheme="light", reduced_motion="reduce") as page:
        sign_in(page, gym, "Mia")
        page.goto(f"{gym.url}/history")
        sync_api.expect(page.locator("figure[data-chart=line] canvas")).to_be_visible()
        assert "60,102,0" in colour_of_chart(page)
        page.emulate_media(color_scheme="dark")
        assert "200,255,61" in colour_of_chart(page)


def test_on_paper_charts_are_dark_on_white_and_nothing_is_cut_off(browser: "Browser", gym: Serving) -> None:
    with browsing(browser, color_scheme="dark", reduced_motion="reduce", viewport=KIOSK) as page:
        sign_in(page, gym, "Mia")
        page.goto(f"{gym.url}/history")
        sync_api.expect(page.locator("figure[data-chart=line] canvas")).to_be_visible()
        page.emulate_media(media="print", color_scheme="dark")
        assert "60,102,0" in colour_of_chart(page)
        assert page.locator(".nav").is_hidden()
        assert page.locator("#filters").is_hidden()
        assert page.locator("figure[data-chart=line] table").is_visible()
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") in {
            "rgba(0, 0, 0, 0)",
            "rgb(255, 255, 255)",
        }
        assert sideways(page) <= 0


def test_without_scripts_the_history_has_all_its_tables_and_filters(browser: "Browser", gym: Serving) -> None:
    with browsing(browser) as page:
        sign_in(page, gym, "Mia")
        cookies = page.context.cookies()
    with browsing(browser, java_script_enabled=False) as page:
        page.context.add_cookies(cookies)  # type: ignore[arg-type]
        page.goto(f"{gym.url}/history")
        assert page.locator("figure[data-chart=line] table").is_visible()
        page.select_option("[name=source]", "import")
        page.locator("#apply").click()
        assert page.url.startswith(f"{gym.url}/history?")
        assert "source=import" in page.url
        page.locator("[rel=next]").click()
        assert "cursor=" in page.url


def test_whoever_is_signed_in_no_longer_comes_back_to_the_filter_by_signing_in(page: "Page", gym: Serving) -> None:
    page.goto(f"{gym.url}/history")
    page.context.clear_cookies()
    page.select_option("[name=source]", "import")
    page.wait_for_url(f"{gym.url}/sign-in?next=/history%3Fsource%3Dimport")


def test_a_kiosk_that_does_not_answer_is_told_and_the_list_stays(page: "Page", gym: Serving) -> None:
    page.goto(f"{gym.url}/history")
    page.route("**/history?*", lambda route: route.abort())
    page.select_option("[name=source]", "import")
    sync_api.expect(page.locator("#notice")).to_have_text("That could not be loaded; please try again")
    sync_api.expect(page.locator("#workouts > li")).to_have_count(20)
