"""The pages of a history as the server makes them, without any script."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.fake_agent import FakeAgent
from tests.fake_training import a_session
from tests.fake_year import train_for_a_year
from web.app import create_app


@pytest.fixture(scope="module")
def agent() -> FakeAgent:
    agent = FakeAgent()
    train_for_a_year(agent)
    return agent


@pytest.fixture
def client(agent: FakeAgent) -> Iterator[TestClient[Litestar]]:
    with TestClient(create_app(agent, "Iron & Co")) as client:
        client.headers["accept"] = "text/html"
        yield client


def rows(text: str) -> list[str]:
    return re.findall(r'<li class="workout" data-session="([^"]+)"', text)


def total(text: str) -> int:
    return int(re.search(r'id="list-title">(\d+)', text)[1])  # type: ignore[index]


def test_a_history_leads_through_all_its_pages_without_scripts(client: TestClient[Litestar], agent: FakeAgent) -> None:
    seen: list[str] = []
    path = "/history"
    while path:
        text = client.get(path).text
        seen += rows(text)
        match = re.search(r'rel="next" href="([^"]+)"', text)
        path = unescape(match[1]) if match else ""
    assert sorted(seen) == sorted(session.session_id for session, _ in agent.saved)


def test_filters_narrow_together_and_stay_in_the_form(client: TestClient[Litestar]) -> None:
    text = client.get("/history?since=2026-03-01&until=2026-04-30&exercise=squat&source=camera&sort=reps").text
    assert 0 < total(text) < 20
    for kept in ('name="since" value="2026-03-01"', 'value="squat" selected', 'value="camera" selected'):
        assert kept in text


def test_what_is_held_is_charted_in_seconds_where_anything_was(client: TestClient[Litestar]) -> None:
    column = 'data-series="Held"'
    assert column in client.get("/history?exercise=plank&since=2025-11-01").text
    assert column not in client.get("/history?exercise=squat&since=2025-11-01").text


def test_the_next_page_keeps_the_filters(client: TestClient[Litestar]) -> None:
    text = client.get("/history?source=camera&sort=oldest").text
    following = unescape(re.search(r'rel="next" href="([^"]+)"', text)[1])  # type: ignore[index]
    assert following.startswith("/history?source=camera&sort=oldest&cursor=")


@pytest.mark.parametrize("query", ["since=&until=&exercise=&source=&sort=", "sort=none", "since=yesterday", "year=0"])
def test_what_makes_no_sense_is_passed_over(client: TestClient[Litestar], agent: FakeAgent, query: str) -> None:
    answer = client.get(f"/history?{query}")
    assert (answer.status_code, total(answer.text)) == (200, len(agent.saved))


def test_a_filter_that_nothing_passes_says_so_and_how_to_see_all(client: TestClient[Litestar]) -> None:
    text = client.get("/history?since=1999-01-01&until=1999-01-02").text
    assert "No workout matches" in text
    assert '<a class="quiet" href="/history">Show all</a>' in text


def test_today_is_what_comes_first(client: TestClient[Litestar]) -> None:
    text = client.get("/history").text
    assert text.index('class="today"') < text.index('class="cards"') < text.index('id="filters"')
    assert "Today, <time" in text


def test_each_chart_has_its_table(client: TestClient[Litestar]) -> None:
    for path in ("/history", "/exercises/squat"):
        figures = re.findall(r"<figure.*?</figure>", client.get(path).text, re.DOTALL)
        assert len(figures) >= 3
        assert all("<table" in figure and "<caption" in figure for figure in figures)


def test_the_chart_of_a_month_has_days_and_that_of_a_year_months(client: TestClient[Litestar]) -> None:
    assert '<th scope="col">Day</th>' in client.get("/history?since=2026-11-01").text
    assert '<th scope="col">Month</th>' in client.get("/history?since=2026-01-01").text


def test_an_exercise_shows_trend_formula_last_time_and_records_apart(client: TestClient[Litestar]) -> None:
    text = client.get("/exercises/squat").text
    for shown in ("Epley", "Last time", "Counted by the camera", "Estimated 1RM"):
        assert shown in text


def test_a_trend_reaches_back_as_far_as_is_asked(client: TestClient[Litestar], agent: FakeAgent) -> None:
    def points(span: str) -> int:
        text = client.get(f"/exercises/squat?span={span}").text
        assert 'aria-current="true"' in text
        return text.split('data-chart="bar"')[0].count('<th scope="row"')

    assert 0 < points("quarter") < points("year") == points("all") == points("nonsense")


def test_an_exercise_nobody_has_done_says_so(client: TestClient[Litestar]) -> None:
    assert "No workout has this exercise yet" in client.get("/exercises/handstand").text


def test_the_first_day_of_the_calendar_is_a_filter_like_any_other(client: TestClient[Litestar]) -> None:
    assert total(client.get("/history?until=0001-01-01").text) == 0


def test_exercises_are_listed_with_most_sets_first(client: TestClient[Litestar]) -> None:
    text = client.get("/exercises").text
    sets = [int(found) for found in re.findall(r"<dt>Sets</dt><dd>([\d,]+)</dd>", text)]
    assert len(sets) == 8
    assert sets == sorted(sets, reverse=True)


@pytest.mark.parametrize(("path", "said"), [("/history", "No workout yet"), ("/exercises", "No exercise yet")])
def test_without_workouts_a_page_says_what_to_do(path: str, said: str) -> None:
    with TestClient(create_app(FakeAgent(), "Iron & Co")) as client:
        text = client.get(path, headers={"accept": "text/html"}).text
    assert said in text
    assert 'class="primary" href="/"' in text


def test_a_coach_finds_those_who_share_and_sees_their_history() -> None:
    agent = FakeAgent()
    agent.people.meet("Olga", "owner")
    coach = agent.people.meet("Carlo", "coach")
    agent.people.meet("Mia", coaches=(coach.user_id,))
    agent.keep(a_session("m", user_id="mia", user_name="Mia"))
    headers = {"accept": "text/html", "authorization": "Bearer token-carlo"}
    with TestClient(create_app(agent, "Iron & Co")) as client:
        assert 'href="/history?member=mia"' in client.get("/history", headers=headers).text
        text = client.get("/history?member=mia", headers=headers).text
    assert "Workouts of Mia" in text
    assert rows(text) == ["m"]
    assert "/history/add" not in text
    assert 'href="/exercises/squat?member=mia"' in text
