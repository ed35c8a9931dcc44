"""What the phone app of the pose coach asks for, with the bodies it is known by."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from edge_agent.history.answers import Wanted
from tests.fake_agent import FakeAgent
from tests.history_parts import done, entry, workout
from web.app import create_app
from web.motivation import Done, motivation
from web.reader import words

USER = "firebase-user-uid"
TOKEN = {"authorization": f"Bearer token-{USER}"}
BODY = {
    "user_id": "firebase-user-uid",
    "exercise": "squat",
    "reps": 15,
    "accuracy": 0.87,
    "timestamp": "2025-10-17T14:30:00.000Z",
    "duration": 120,
    "feedback_points": ["Keep knees aligned", "Great depth"],
}
ANSWER = {
    "success": True,
    "message": "Workout session saved successfully",
    "motivational_feedback": "Great work! Your form is improving with each workout!",
}


@pytest.fixture
def agent() -> FakeAgent:
    agent = FakeAgent()
    agent.people.meet(USER)
    agent.people.meet("Olga", role="owner")
    return agent


@pytest.fixture
def client(agent: FakeAgent) -> Iterator[TestClient[Litestar]]:
    with TestClient(create_app(agent, "Test kiosk")) as client:
        yield client


def send(client: TestClient[Litestar], **change: Any) -> Any:
    return client.post("/api/workout/pose-summary", json=BODY | change, headers=TOKEN)


def test_a_summary_is_answered_as_its_client_expects(client: TestClient[Litestar]) -> None:
    answer = send(client)
    assert (answer.status_code, answer.json()) == (200, ANSWER)


def test_a_summary_is_a_workout_that_was_told(client: TestClient[Litestar], agent: FakeAgent) -> None:
    send(client)
    session = agent.saved[0][0]
    assert (session.user_id, session.source, session.accuracy, session.reps) == (USER, "import", 0.87, 15)
    assert session.feedback_points == ("Keep knees aligned", "Great depth")


def test_a_summary_sent_twice_is_saved_once_and_answered_alike(client: TestClient[Litestar], agent: FakeAgent) -> None:
    assert send(client).json() == send(client).json()
    assert len(agent.saved) == 1


def test_another_summary_of_the_same_moment_changes_nothing(client: TestClient[Litestar], agent: FakeAgent) -> None:
    send(client)
    assert send(client, reps=16).status_code == 409
    assert agent.saved[0][0].reps == 15


def test_the_feedback_is_made_from_the_members_own_figures(client: TestClient[Litestar]) -> None:
    send(client)
    told = send(client, timestamp="2025-10-18T14:30:00.000Z", reps=18, accuracy=0.91).json()["motivational_feedback"]
    assert told == "18 reps: your most so far! Your form has improved from 87 % to 91 %."


def test_a_summary_that_comes_late_is_compared_with_what_was_before_it(client: TestClient[Litestar]) -> None:
    send(client, timestamp="2025-10-18T14:30:00.000Z", reps=30)
    assert send(client).json() == ANSWER


def test_the_feedback_knows_of_all_workouts_that_were_before(client: TestClient[Litestar], agent: FakeAgent) -> None:
    start = datetime(2024, 1, 1, 18, tzinfo=UTC)
    for number in range(150):
        one = (start + timedelta(days=number)).isoformat()
        agent.keep(workout(f"w{number}", one, entry(done(30 if number == 2 else 9)), user_id=USER, source="import"))
    assert send(client, reps=20).json()["motivational_feedback"].startswith("11 more than last time")
    told = send(client, reps=8, timestamp="2024-01-02T20:00:00.000Z").json()["motivational_feedback"]
    assert told.startswith("8 reps today, 9 last time. Workout number 3 of this exercise")


def test_nobody_sends_for_somebody_else(client: TestClient[Litestar], agent: FakeAgent) -> None:
    assert send(client, user_id="somebody").status_code == 403
    assert agent.saved == []


def test_a_client_without_a_token_is_refused(client: TestClient[Litestar]) -> None:
    assert client.post("/api/workout/pose-summary", json=BODY).status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        {"reps": -1},
        {"reps": "many"},
        {"accuracy": 1.2},
        {"duration": -5},
        {"exercise": ""},
        {"exercise": " \0"},
        {"extra": 1},
    ],
)
def test_a_body_that_does_not_fit_is_a_400(client: TestClient[Litestar], change: dict[str, Any]) -> None:
    answer = send(client, **change)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("change", [{"timestamp": "yesterday..."}, {"reps": 0, "duration": 0}])
def test_a_workout_that_cant_be_is_a_422(client: TestClient[Litestar], change: dict[str, Any]) -> None:
    assert send(client, **change).status_code == 422


def test_a_summary_without_feedback_points_is_saved(client: TestClient[Litestar]) -> None:
    assert send(client, feedback_points=None).status_code == 200


# Sessions and totals


@pytest.fixture
def trained(agent: FakeAgent) -> FakeAgent:
    """Somebody who trained today (a Saturday), on Monday, on the 2nd of this month, and last month."""
    days = {"a": "2026-10-10", "b": "2026-11-02", "c": "2026-11-16", "d": "2026-11-21"}
    for key, day in days.items():
        one = workout(key, f"{day}T10:00:00+01:00", entry(done(5)), user_id=USER, accuracy=0.8)
        agent.keep(one)
    agent.keep(workout("hers", "2026-11-21T10:00:00+01:00", entry(done(9)), user_id="ann"))
    return agent


@pytest.mark.parametrize(("period", "expected"), [("today", "d"), ("week", "dc"), ("month", "dcb"), ("all", "dcba")])
def test_sessions_of_a_period_come_newest_first(
    client: TestClient[Litestar], trained: FakeAgent, period: str, expected: str
) -> None:
    answer = client.get(f"/api/workout/sessions?period={period}", headers=TOKEN)
    assert "".join(one["sessionId"] for one in answer.json()) == expected


def test_a_session_has_the_names_of_the_apps_database(client: TestClient[Litestar]) -> None:
    send(client)
    (session,) = client.get("/api/workout/sessions", headers=TOKEN).json()
    assert session | {"sessionId": "", "createdAt": ""} == {
        "sessionId": "",
        "userId": USER,
        "exercise": "squat",
        "reps": 15,
        "accuracy": 0.87,
        "timestamp": "2025-10-17T16:30:00.000+02:00",
        "duration": 120.0,
        "feedbackPoints": ["Keep knees aligned", "Great depth"],
        "createdAt": "",
    }


def test_totals_have_the_names_that_the_app_knows(client: TestClient[Litestar], trained: FakeAgent) -> None:
    told = client.get("/api/workout/stats", headers=TOKEN).json()
    assert told == {"totalSessions": 4, "totalReps": 20, "averageAccuracy": 0.8, "totalDuration": 2400.0}
    assert client.get("/api/workout/stats?period=today", headers=TOKEN).json()["totalSessions"] == 1


def test_a_member_without_workouts_has_totals_of_nothing(client: TestClient[Litestar]) -> None:
    assert client.get("/api/workout/stats?period=month", headers=TOKEN).json() == {
        "totalSessions": 0,
        "totalReps": 0,
        "averageAccuracy": None,
        "totalDuration": 0.0,
    }
    assert client.get("/api/workout/sessions?period=today", headers=TOKEN).json() == []


def test_one_of_ones_own_is_deleted_and_nobody_elses(client: TestClient[Litestar], trained: FakeAgent) -> None:
    assert client.delete("/api/workout/sessions/d", headers=TOKEN).status_code == 204
    assert client.delete("/api/workout/sessions/hers", headers=TOKEN).status_code == 404
    left = client.get("/api/workout/sessions", headers=TOKEN).json()
    assert [one["sessionId"] for one in left] == ["c", "b", "a"]


# What is said


@pytest.mark.parametrize(
    ("reps", "accuracy", "begins"),
    [(6, None, "6 reps: your most so far!"), (5, None, "5 reps, as many as last time."), (4, None, "4 reps today")],
)
def test_reps_are_compared_with_the_last_and_the_best(
    trained: FakeAgent, client: TestClient[Litestar], reps: int, accuracy: float | None, begins: str
) -> None:
    earlier = _summaries(trained)
    assert motivation(Done(reps=reps, accuracy=accuracy, number=5), earlier, words().page).startswith(begins)


@pytest.mark.parametrize(("accuracy", "said"), [(0.81, ""), (0.9, "improved from 80 % to 90 %"), (0.7, "at 70 %")])
def test_form_is_spoken_of_when_it_changed_noticeably(trained: FakeAgent, accuracy: float, said: str) -> None:
    told = motivation(Done(reps=5, accuracy=accuracy, number=5), _summaries(trained), words().page)
    assert said in told
    assert ("form" in told) == bool(said)


def test_a_held_exercise_is_compared_in_seconds(client: TestClient[Litestar]) -> None:
    send(client, exercise="plank", reps=0, duration=60)
    told = send(client, exercise="plank", reps=0, duration=75, timestamp="2025-10-18T14:30:00.000Z").json()
    assert told["motivational_feedback"] == "75 seconds: your longest so far!"


def test_workouts_of_several_exercises_are_not_compared_with(client: TestClient[Litestar], agent: FakeAgent) -> None:
    both = (entry(done(5)), entry(done(40), exercise="lunge", order=2))
    agent.keep(workout("both", "2025-10-01T10:00:00+02:00", *both, user_id=USER))
    assert send(client).json() == ANSWER


def _summaries(agent: FakeAgent) -> Any:
    page = asyncio.run(agent.history.sessions(USER, Wanted(exercise="squat"), "newest", 100, None))
    return page.sessions
