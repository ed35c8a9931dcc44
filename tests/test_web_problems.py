import logging

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from edge_agent.errors import TemporaryError
from edge_agent.records import LiveState, SyncStatus
from tests.fake_agent import FakeAgent
from web.app import create_app


class BrokenAgent(FakeAgent):
    """Fails in the ways an agent can."""

    async def sync_status(self) -> SyncStatus:
        raise TemporaryError("the journal is busy; try again")

    def live(self) -> LiveState:
        raise ZeroDivisionError("secret")


def client_of(agent: FakeAgent) -> TestClient[Litestar]:
    return TestClient(create_app(agent, "Test kiosk"), raise_server_exceptions=False)


@pytest.mark.parametrize("path", ["/api/nowhere", "/api/sessions/unknown", "/api/sessions/unknown/whereabouts"])
def test_what_is_not_there_is_a_problem_even_for_a_browser(path: str) -> None:
    answer = client_of(FakeAgent()).get(path, headers={"accept": "text/html"})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert (answer.json()["status"], answer.json()["title"]) == (404, "Not Found")


def test_an_unknown_session_is_a_page_for_a_browser() -> None:
    answer = client_of(FakeAgent()).get("/sessions/unknown", headers={"accept": "text/html,*/*"})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "no session &#39;unknown&#39; is kept here" in answer.text


def test_a_program_gets_a_problem_for_a_page() -> None:
    answer = client_of(FakeAgent()).get("/nowhere")
    assert answer.headers["content-type"] == "application/problem+json"


def test_trouble_that_passes_is_503_with_a_time_to_come_back() -> None:
    answer = client_of(BrokenAgent()).get("/api/sync")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json()["detail"] == "the journal is busy; try again"


def test_a_mistake_of_ours_is_logged_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        answer = client_of(BrokenAgent()).get("/api/live")
    assert (answer.status_code, "secret" in answer.text) == (500, False)
    assert "GET /api/live failed" in caplog.text


def test_a_wrong_method_is_a_problem() -> None:
    answer = client_of(FakeAgent()).get("/api/live/finish")
    assert (answer.status_code, answer.headers["content-type"]) == (405, "application/problem+json")
