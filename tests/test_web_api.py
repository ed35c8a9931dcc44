from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from edge_agent import __version__
from edge_agent.records import LiveState, Session, SessionPage, SyncStatus, Whereabouts
from tests.fake_agent import EXERCISES, FakeAgent
from tests.fake_training import a_session
from web.app import create_app


@pytest.fixture
def agent() -> FakeAgent:
    agent = FakeAgent()
    for number in range(3):
        agent.keep(a_session(f"s{number}"), state="saved")
    return agent


@pytest.fixture
def client(agent: FakeAgent) -> Iterator[TestClient[Litestar]]:
    with TestClient(create_app(agent, "Test kiosk")) as client:
        yield client


def read(client: TestClient[Litestar], path: str, kind: type[Any]) -> Any:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    return msgspec.json.decode(answer.content, type=kind)


def test_live_is_the_agents_state(client: TestClient[Litestar], agent: FakeAgent) -> None:
    agent.change(reps=7)
    assert read(client, "/api/live", LiveState) == agent.state


def test_sessions_come_in_pages_newest_first(client: TestClient[Litestar]) -> None:
    first = read(client, "/api/sessions?limit=2", SessionPage)
    second = read(client, f"/api/sessions?limit=2&cursor={first.next_cursor}", SessionPage)
    ids = [session.session_id for session in (*first.sessions, *second.sessions)]
    assert (ids, second.next_cursor) == (["s2", "s1", "s0"], None)


def test_a_session_comes_with_each_rep(client: TestClient[Litestar]) -> None:
    session: Session = read(client, "/api/sessions/s1", Session)
    assert [len(workout_set.reps) for workout_set in session.exercises[0].sets] == [5, 5]


def test_whereabouts_follow_the_session(client: TestClient[Litestar], agent: FakeAgent) -> None:
    agent.keep(a_session("new"), state="confirmed")
    assert read(client, "/api/sessions/new/whereabouts", Whereabouts).state == "confirmed"


def test_sync_is_the_forwarders_status(client: TestClient[Litestar], agent: FakeAgent) -> None:
    assert read(client, "/api/sync", SyncStatus) == agent.sync


def test_exercises_are_listed(client: TestClient[Litestar]) -> None:
    keys = [choice["key"] for choice in client.get("/api/exercises").json()]
    assert keys == [choice.key for choice in EXERCISES]


def test_choosing_an_exercise_changes_the_live_state(client: TestClient[Litestar], agent: FakeAgent) -> None:
    answer = client.post("/api/live/exercise", json={"exercise": "push_up"})
    assert (answer.status_code, answer.json()["exercise_name"], agent.calls) == (200, "Push-up", ["choose push_up"])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"exercise": "flying"}', 422),
        (b'{"exercise": ""}', 400),
        (b'{"exercise": "squat", "more": 1}', 400),
        (b"{}", 400),
        (b"not json", 400),
        (b"[" * 10_000, 400),
        (b'{"exercise": "' + b"x" * 20_000 + b'"}', 413),
    ],
)
def test_a_bad_choice_is_refused_as_a_problem(client: TestClient[Litestar], body: bytes, status: int) -> None:
    answer = client.post("/api/live/exercise", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_finishing_answers_with_the_saved_session(client: TestClient[Litestar], agent: FakeAgent) -> None:
    agent.change(session_id="running")
    assert client.post("/api/live/finish").json()["session"]["session_id"] == "running"


def test_finishing_nothing_says_so(client: TestClient[Litestar]) -> None:
    assert client.post("/api/live/finish").json() == {"session": None}


@pytest.mark.parametrize(
    ("trouble", "status"),
    [({}, "ok"), ({"vision": "camera_lost"}, "degraded"), ({"trouble": "Not saved yet: disk full"}, "degraded")],
)
def test_health_follows_camera_and_disk(
    client: TestClient[Litestar], agent: FakeAgent, trouble: dict[str, str], status: str
) -> None:
    agent.change(**trouble)
    assert client.get("/health").json()["status"] == status


def test_the_version_is_the_packages(client: TestClient[Litestar]) -> None:
    assert client.get("/api/version").json() == {"name": "edge-agent", "version": __version__}


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=many", "cursor=" + "x" * 201])
def test_limits_of_the_list_are_kept(client: TestClient[Litestar], query: str) -> None:
    answer = client.get(f"/api/sessions?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert answer.json()["errors"]


@pytest.mark.parametrize("page", ["swagger", "redoc", "elements", "rapidoc"])
def test_no_documentation_page_of_another_host_is_served(client: TestClient[Litestar], page: str) -> None:
    assert client.get(f"/schema/{page}").status_code == 404
