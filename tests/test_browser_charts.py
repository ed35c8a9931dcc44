"""Chromium draws charts: their axes are true to time and say what they count."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from edge_agent.records import ExerciseEntry
from tests.browsing import browsing, sign_in
from tests.chromium import needs_chromium
from tests.fake_agent import read_in_two_languages
from tests.fake_training import a_session, a_set
from tests.web_serving import Serving, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, needs_chromium]

DAYS = ("2025-12-30", "2025-12-31", "2026-01-02", "2026-04-02")
AFTER_THE_FIRST = [0, 1, 3, 93]
PROGRESS, AMOUNT = 0, 1
"""Places of an exercise's charts."""


@pytest.fixture(scope="module")
def gym() -> Iterator[Serving]:
    agent = read_in_two_languages()
    for name in ("mia", "max"):
        for number, day in enumerate(DAYS):
            sets = (a_set(1, weight_kg=60.0 + number),)
            squats = ExerciseEntry(order=1, exercise="squat", name="Squat", sets=sets)
            start, end = f"{day}T18:00:00+01:00", f"{day}T18:40:00+01:00"
            agent.keep(a_session(f"{name}-{day}", user_id=name, start_time=start, end_time=end, exercises=(squats,)))
    with served(agent) as serving:
        yield serving


@pytest.fixture
def page(browser: "Browser", gym: Serving) -> "Iterator[Page]":
    with browsing(browser, reduced_motion="reduce") as page:
        sign_in(page, gym, "Mia")
        yield page


def asked(page: "Page", place: int, what: str) -> Any:
    """Return what a chart on the page says of itself."""
    sync_api.expect(page.locator("figure canvas").nth(place)).to_be_attached()
    script = f"at => {{ const chart = Chart.getChart(document.querySelectorAll('figure canvas')[at]); return {what}; }}"
    return page.evaluate(script, place)


def titles(page: "Page", place: int) -> list[str]:
    return list(asked(page, place, "[chart.scales.x.options.title.text, chart.scales.y.options.title.text]"))


@pytest.mark.parametrize("place", [PROGRESS, AMOUNT])
def test_a_trend_is_true_to_time(page: "Page", gym: Serving, place: int) -> None:
    page.goto(f"{gym.url}/exercises/squat")
    x = asked(page, place, "chart.getDatasetMeta(0).data.map((point) => point.x)")
    a_day = (x[-1] - x[0]) / AFTER_THE_FIRST[-1]
    assert [(one - x[0]) / a_day for one in x] == pytest.approx(AFTER_THE_FIRST)
    assert x[-1] - x[0] > 0.9 * asked(page, place, "chart.chartArea.width")


@pytest.mark.parametrize(
    ("language", "months"),
    [("en", ["Jan 2026", "Mar 2026"]), ("de", ["Jan. 2026", "M\N{LATIN SMALL LETTER A WITH DIAERESIS}rz 2026"])],
)
def test_an_axis_of_months_is_marked_where_they_begin(
    browser: "Browser", gym: Serving, language: str, months: list[str]
) -> None:
    with browsing(browser) as page:
        sign_in(page, gym, "Max" if language == "de" else "Mia")
        page.goto(f"{gym.url}/exercises/squat")
        ticks = asked(page, PROGRESS, "chart.scales.x.ticks.map(({ value, label }) => [value, label])")
    assert [label for _, label in ticks] == months
    assert [value for value, _ in ticks] == [20454, 20513]


def test_an_axis_of_few_days_is_marked_by_days(page: "Page", gym: Serving) -> None:
    page.goto(f"{gym.url}/exercises/squat")
    marks = page.evaluate(
        """async () => {
            const name = [...document.querySelectorAll('script[src*=charts]')][0].src.replace('charts', 'days');
            const { marks, dayNumber } = await import(name);
            return marks(dayNumber('2025-12-30'), dayNumber('2026-01-02'), 2.5).map(({ words }) => words);
        }"""
    )
    assert marks == ["30 Dec", "1 Jan"]


def test_a_chart_says_its_unit_and_that_of_another_figure_when_asked(page: "Page", gym: Serving) -> None:
    page.goto(f"{gym.url}/history?since=2025-12-01&until=2026-04-30")
    assert titles(page, 0) == ["Week from", "Volume (kg)"]
    page.get_by_role("group", name="How much").get_by_role("button", name="Time").click()
    assert titles(page, 0) == ["Week from", "Time (min)"]
    page.get_by_role("group", name="How much").get_by_role("button", name="Reps").click()
    assert titles(page, 0) == ["Week from", "Reps"]


def test_what_is_counted_has_no_marks_between_whole_numbers(page: "Page", gym: Serving) -> None:
    page.goto(f"{gym.url}/exercises/squat")
    page.get_by_role("group", name="Amount").get_by_role("button", name="Sets").click()
    assert asked(page, AMOUNT, "chart.scales.y.ticks.map(({ label }) => label)") == ["0", "1"]


def test_the_axes_are_in_the_members_language_and_units(browser: "Browser", gym: Serving) -> None:
    with browsing(browser) as page:
        sign_in(page, gym, "Max")
        page.goto(f"{gym.url}/exercises/squat")
        assert titles(page, PROGRESS) == ["Tag", "lb"]
        assert titles(page, AMOUNT) == ["Tag", "Volumen (lb)"]
