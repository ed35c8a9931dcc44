"""Pages of what went wrong: whoever is signed in stays so there, with their own language."""

from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from edge_agent.errors import TemporaryError
from edge_agent.interface.people import Account
from tests.fake_agent import FakeAgent
from tests.fake_people import PIN, FakePeople
from web.app import create_app

PAGE = {"accept": "text/html"}
REFUSED = ["/nowhere", "/sessions/unknown", "/?kiosk=maybe"]


@pytest.fixture
def agent() -> FakeAgent:
    agent = FakeAgent()
    agent.people.meet("Olga", role="owner", language="de")
    return agent


@pytest.fixture
def client(agent: FakeAgent) -> Iterator[TestClient[Litestar]]:
    with TestClient(create_app(agent, "Test kiosk"), raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize("path", REFUSED)
def test_whoever_is_signed_in_has_the_header_of_all_pages(client: TestClient[Litestar], path: str) -> None:
    client.post("/api/session", json={"name": "Olga", "pin": PIN})
    page = client.get(path, headers=PAGE).text
    assert 'href="/profile"' in page
    assert 'href="/members"' in page
    assert 'href="/sign-in"' not in page


def test_an_address_that_is_not_there_is_told_in_the_members_own_language(client: TestClient[Litestar]) -> None:
    client.post("/api/session", json={"name": "Olga", "pin": PIN})
    assert "Hier ist nichts" in client.get("/nowhere", headers=PAGE | {"accept-language": "en"}).text


def test_a_remembered_device_is_signed_in_by_an_address_that_is_not_there(client: TestClient[Litestar]) -> None:
    client.post("/api/session", json={"name": "Olga", "pin": PIN, "remember": True})
    client.cookies.delete("edge_session")
    assert 'href="/profile"' in client.get("/nowhere", headers=PAGE).text
    assert client.cookies["edge_session"]


@pytest.mark.parametrize("headers", [{}, {"cookie": "edge_session=old"}, {"authorization": "Bearer bad"}])
def test_nobody_is_asked_to_sign_in_there(client: TestClient[Litestar], headers: dict[str, str]) -> None:
    answer = client.get("/nowhere", headers=PAGE | headers)
    assert (answer.status_code, 'href="/sign-in"' in answer.text) == (404, True)


class Vanishing(FakePeople):
    """Members who can't be looked up for now."""

    async def account(self, _: str) -> Account:
        raise TemporaryError("the journal is busy; try again")


def test_what_is_not_there_is_told_though_nobody_can_be_looked_up(agent: FakeAgent) -> None:
    known, agent.people = agent.people, Vanishing()
    agent.people.known, agent.people.pins = known.known, known.pins
    with TestClient(create_app(agent, "Test kiosk")) as client:
        client.post("/api/session", json={"name": "Olga", "pin": PIN})
        assert client.get("/nowhere", headers=PAGE).status_code == 404
