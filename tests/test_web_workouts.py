"""Correcting, adding, deleting and restoring by API, and what the workout's page offers to whom."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.fake_agent import FakeAgent
from tests.fake_training import a_session
from web.app import create_app

PAST: dict[str, Any] = {
    "workout": {
        "start_time": "2026-11-19T18:00:00",
        "duration_s": 1800,
        "exercises": [{"exercise": "squat", "sets": [{"reps_full": 5, "weight_kg": 80}]}],
    },
    "session_id": "019aa0b1-c2d3-7000-8000-000000000001",
}


@pytest.fixture
def agent() -> FakeAgent:
    agent = FakeAgent()
    agent.people.meet("Olga", "owner")
    agent.people.meet("Mia")
    agent.keep(a_session("s0", user_id="mia", user_name="Mia"))
    return agent


@pytest.fixture
def client(agent: FakeAgent) -> Iterator[TestClient[Litestar]]:
    with TestClient(create_app(agent, "Test kiosk")) as client:
        client.headers["authorization"] = "Bearer token-mia"
        yield client


def test_a_correction_is_answered_with_the_workout_and_its_new_version(client: TestClient[Litestar]) -> None:
    body = {"sets": [{"exercise": 1, "number": 2, "reps_full": 6, "weight_kg": 82.5}]}
    answer = client.patch("/api/sessions/s0", json=body).json()
    changed = answer["session"]["exercises"][0]["sets"][1]
    assert (changed["reps_full"], changed["measured_reps"], changed["weight_kg"]) == (6, 5, 82.5)
    assert answer["rev"] == client.get("/api/sessions/s0/whereabouts").json()["rev"]


def test_a_correction_of_an_old_version_is_a_conflict(client: TestClient[Litestar]) -> None:
    first = client.get("/api/sessions/s0/whereabouts").json()["rev"]
    client.patch("/api/sessions/s0", json={"notes": "one"})
    answer = client.patch("/api/sessions/s0", json={"notes": "two", "if_rev": first})
    assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")
    assert client.get("/api/sessions/s0").json()["notes"] == "one"


@pytest.mark.parametrize(
    "body",
    [
        {"sets": [{"exercise": 1, "number": 1, "reps_full": -1}]},
        {"sets": [{"exercise": 1, "number": 1, "rpe": 11}]},
        {"notes": "x" * 2001},
        {"exercises": [{"order": 1, "exercise": "  \x00\n"}]},
        {"accuracy": 1.0},
    ],
)
def test_what_is_out_of_bounds_is_refused(client: TestClient[Litestar], body: dict[str, Any]) -> None:
    assert client.patch("/api/sessions/s0", json=body).status_code == 400


def test_a_past_workout_is_kept_once_however_often_it_is_sent(client: TestClient[Litestar], agent: FakeAgent) -> None:
    answers = [client.post("/api/sessions", json=PAST) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert sum(session.source == "manual" for session, _ in agent.saved) == 1


@pytest.mark.parametrize("session_id", ["short", "../../etc/passwd", "x" * 65])
def test_an_id_that_is_none_is_refused(client: TestClient[Litestar], session_id: str) -> None:
    assert client.post("/api/sessions", json=PAST | {"session_id": session_id}).status_code == 400


def test_a_deleted_workout_is_gone_until_it_is_restored(client: TestClient[Litestar]) -> None:
    assert client.delete("/api/sessions/s0").status_code == 204
    assert client.get("/api/sessions/s0").status_code == 404
    assert client.post("/api/sessions/s0/restore").json()["session_id"] == "s0"
    assert client.get("/api/sessions/s0").status_code == 200


def test_nobody_else_brings_a_deleted_workout_back(client: TestClient[Litestar], agent: FakeAgent) -> None:
    agent.people.meet("Noah")
    client.delete("/api/sessions/s0")
    answer = client.post("/api/sessions/s0/restore", headers={"authorization": "Bearer token-noah"})
    assert (answer.status_code, agent.saved) == (404, [])


def test_restoring_what_was_not_deleted_is_refused(client: TestClient[Litestar]) -> None:
    assert client.post("/api/sessions/s0/restore").status_code == 404


def test_what_the_camera_counted_stands_beside_what_was_corrected(client: TestClient[Litestar]) -> None:
    body = {"exercises": [{"order": 1, "exercise": "push_up"}], "sets": [{"exercise": 1, "number": 1, "reps_full": 7}]}
    client.patch("/api/sessions/s0", json=body)
    text = client.get("/sessions/s0", headers={"accept": "text/html"}).text
    assert "The camera counted Squat" in text
    assert "camera: 5" in text


def test_a_coach_reads_but_is_offered_no_correction(client: TestClient[Litestar], agent: FakeAgent) -> None:
    coach = agent.people.meet("Carlo", "coach")
    account = agent.people.known["mia"]
    shared = msgspec.structs.replace(account.profile, coaches=(coach.user_id,))
    agent.people.known["mia"] = msgspec.structs.replace(account, profile=shared)
    headers = {"accept": "text/html", "authorization": "Bearer token-carlo"}
    text = client.get("/sessions/s0", headers=headers).text
    assert "Squat" in text
    assert 'id="correct"' not in text
    assert 'id="delete"' not in text


def test_an_unnamed_workout_that_has_just_ended_can_be_claimed(client: TestClient[Litestar], agent: FakeAgent) -> None:
    agent.keep(a_session("fresh"))
    agent.workouts.fresh.add("fresh")
    assert 'id="claim"' in client.get("/sessions/fresh", headers={"accept": "text/html"}).text
