import asyncio
from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec
import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar
from litestar.testing import TestClient

from edge_agent.history.answers import (
    Cards,
    DayFigure,
    ExerciseHistory,
    MixPart,
    PersonalBests,
    StreakFigures,
    SummaryPage,
    VolumePoint,
)
from tests.fake_agent import FakeAgent
from tests.fake_training import a_session
from tests.history_parts import done, entry, workout
from web.app import create_app


@pytest.fixture
def agent() -> FakeAgent:
    agent = FakeAgent()
    agent.keep(workout("old", "2026-10-05T18:00:00+02:00", entry(done(5, 80.0)), user_id="guest"), state="confirmed")
    agent.keep(
        workout("told", "2026-11-19T18:00:00+01:00", entry(done(6, 90.0)), user_id="guest", source="manual"),
        state="saved",
    )
    agent.keep(a_session("new"), state="handed_over")
    agent.keep(workout("hers", user_id="ann"), state="saved")
    return agent


@pytest.fixture
def client(agent: FakeAgent) -> Iterator[TestClient[Litestar]]:
    with TestClient(create_app(agent, "Test kiosk")) as client:
        yield client


def read(client: TestClient[Litestar], path: str, kind: type[Any]) -> Any:
    answer = client.get(f"/api/history/{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json"), answer.text
    return msgspec.json.decode(answer.content, type=kind)


def ids(page: SummaryPage) -> list[str]:
    return [one.session_id for one in page.sessions]


def test_a_list_is_of_one_s_own_workouts_newest_first(client: TestClient[Litestar]) -> None:
    page = read(client, "sessions", SummaryPage)
    assert [(one.session_id, one.state) for one in page.sessions] == [
        ("new", "handed_over"),
        ("told", "saved"),
        ("old", "confirmed"),
    ]
    assert (page.total, page.next_cursor) == (3, None)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("since=2026-11-19", ["new", "told"]),
        ("until=2026-11-19", ["told", "old"]),
        ("since=2026-11-19&until=2026-11-19", ["told"]),
        ("source=camera", ["new", "old"]),
        ("exercise=squat&source=manual", ["told"]),
        ("exercise=plank", []),
        ("sort=oldest", ["old", "told", "new"]),
        ("sort=volume", ["told", "old", "new"]),
        ("sort=reps", ["new", "told", "old"]),
    ],
)
def test_a_list_is_filtered_and_sorted(client: TestClient[Litestar], query: str, expected: list[str]) -> None:
    assert ids(read(client, f"sessions?{query}", SummaryPage)) == expected


def test_a_cursor_gives_the_next_page_though_a_workout_came_meanwhile(
    client: TestClient[Litestar], agent: FakeAgent
) -> None:
    first = read(client, "sessions?limit=2", SummaryPage)
    agent.keep(a_session("newest"), state="saved")
    second = read(client, f"sessions?limit=2&cursor={first.next_cursor}", SummaryPage)
    assert (ids(first), ids(second), second.next_cursor) == (["new", "told"], ["old"], None)


def test_cards_charts_and_records_are_told(client: TestClient[Litestar]) -> None:
    assert read(client, "cards", Cards).week.now.sessions == 2
    assert read(client, "volume?step=month", tuple[VolumePoint, ...])[0].volume_kg == 400.0
    assert [one.sets for one in read(client, "mix", tuple[MixPart, ...])] == [4]
    assert [one.day for one in read(client, "days?year=2026", tuple[DayFigure, ...])] == [
        "2026-10-05",
        "2026-11-19",
        "2026-11-20",
    ]
    assert read(client, "streaks", StreakFigures).current.days == 2
    assert [one.exercise for one in read(client, "exercises", tuple[MixPart, ...])] == ["squat"]
    weight = read(client, "bests?exercise=squat", PersonalBests).bests[0]
    assert (weight.verified.value, weight.claimed.value) == (80.0, 90.0)


def test_an_exercise_has_a_trend_and_a_previous_performance(client: TestClient[Litestar]) -> None:
    found = read(client, "exercises/squat?until=2026-11-19", ExerciseHistory)
    assert [(one.day, one.best_weight_kg, one.verified) for one in found.points] == [
        ("2026-10-05", 80.0, True),
        ("2026-11-19", 90.0, False),
    ]
    assert found.previous.session_id == "told"


def test_an_exercise_that_was_never_done_has_no_points(client: TestClient[Litestar]) -> None:
    assert read(client, "exercises/bankdr%C3%BCcken", ExerciseHistory).points == ()


# What may not come in


def refusal(client: TestClient[Litestar], path: str) -> str:
    answer = client.get(f"/api/history/{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json"), answer.text
    problem = answer.json()
    return " ".join([problem["detail"], *(one["message"] for one in problem.get("errors", ()))])


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("sessions?sort=newset", "'newset' is none of newest, oldest"),
        ("sessions?sort=newset", "did you mean 'newest'?"),
        ("sessions?source=cam", "did you mean 'camera'?"),
        ("volume?step=weeks", "did you mean 'week'?"),
        ("sessions?exercize=squat", "no parameter 'exercize'; did you mean 'exercise'?"),
        ("cards?since=2026-11-19", "no parameter 'since'"),
        ("sessions?limit=0", ">= 1"),
        ("sessions?limit=101", "<= 100"),
        ("sessions?since=yesterday", "'yesterday' is no day such as 2026-02-16"),
        ("volume?until=2026-02-30", "'2026-02-30' is no day"),
        ("sessions?cursor=x", "the cursor is not one of this list"),
        ("days?year=12", ">= 1900"),
    ],
)
def test_what_is_wrong_is_told_with_what_may_be_meant(client: TestClient[Litestar], query: str, words: str) -> None:
    assert words in refusal(client, query)


@pytest.mark.parametrize("name", ["exercise", "cursor"])
def test_texts_have_a_longest_length(client: TestClient[Litestar], name: str) -> None:
    assert "length" in refusal(client, f"sessions?{name}={'x' * 500}")


# What has not changed


def test_what_has_not_changed_is_not_sent_again(client: TestClient[Litestar], agent: FakeAgent) -> None:
    tag = client.get("/api/history/cards").headers["etag"]
    again = client.get("/api/history/cards", headers={"if-none-match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    agent.keep(a_session("newest"), state="saved")
    assert client.get("/api/history/cards", headers={"if-none-match": tag}).status_code == 200


def test_a_list_changes_with_the_state_of_a_workout(client: TestClient[Litestar], agent: FakeAgent) -> None:
    tag = client.get("/api/history/sessions").headers["etag"]
    agent.forward("new", state="confirmed")
    assert client.get("/api/history/sessions", headers={"if-none-match": tag}).status_code == 200


def test_a_browser_asks_each_time(client: TestClient[Litestar]) -> None:
    headers = client.get("/api/history/cards").headers
    assert (headers["cache-control"], headers["vary"]) == ("private, no-cache", "cookie, authorization")


@pytest.mark.parametrize(("host", "kept"), [("127.0.0.1", "no-store"), ("kiosk.local", "private, no-cache")])
def test_the_kiosk_s_own_screen_keeps_nothing(agent: FakeAgent, host: str, kept: str) -> None:
    app: Any = create_app(agent, "Test kiosk")

    async def ask() -> str:
        transport = ASGITransport(app, client=("127.0.0.1", 50000))
        async with AsyncClient(transport=transport, base_url=f"http://{host}") as browser:
            return (await browser.get("/api/history/cards")).headers["cache-control"]

    assert asyncio.run(ask()) == kept


def test_without_a_year_the_days_are_those_of_the_gym_s_present_one(
    client: TestClient[Litestar], agent: FakeAgent
) -> None:
    agent.history.today = date(2031, 1, 1)
    agent.keep(workout("first", "2031-01-01T01:00:00+01:00", entry(done(5)), user_id="guest"), state="saved")
    assert [one.day for one in read(client, "days", tuple[DayFigure, ...])] == ["2031-01-01"]
