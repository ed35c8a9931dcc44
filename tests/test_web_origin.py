import pytest
from litestar.testing import TestClient

from tests.fake_agent import FakeAgent
from web.app import create_app
from web.origin import is_own_name, is_own_page

HOST = "kiosk.local:8080"


@pytest.mark.parametrize(
    ("origin", "fetch_site", "own"),
    [
        (None, None, True),
        ("http://kiosk.local:8080", None, True),
        ("http://KIOSK.local:8080", "same-origin", True),
        (None, "none", True),
        ("http://evil.example", None, False),
        ("http://kiosk.local:9090", None, False),
        ("null", None, False),
        ("http://[::1", None, False),
        ("http://kiosk.local:8080", "cross-site", False),
        (None, "same-site", False),
    ],
)
def test_only_our_own_pages_and_programs_may_change_things(
    origin: str | None, fetch_site: str | None, own: bool
) -> None:
    assert is_own_page(HOST, origin, fetch_site) is own


@pytest.mark.parametrize("path", ["/api/live/finish", "/api/live/exercise"])
def test_a_post_from_another_site_changes_nothing(path: str) -> None:
    agent = FakeAgent()
    with TestClient(create_app(agent, "Test kiosk")) as client:
        answer = client.post(path, json={"exercise": "push_up"}, headers={"origin": "http://evil.example"})
    assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")
    assert agent.calls == []


def test_reading_from_another_sites_link_is_fine() -> None:
    with TestClient(create_app(FakeAgent(), "Test kiosk")) as client:
        assert client.get("/history", headers={"sec-fetch-site": "cross-site"}).status_code == 200


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("192.168.1.20:8080", True),
        ("[fe80::1]:8080", True),
        ("localhost", True),
        ("kiosk.local:8080", True),
        ("KIOSK", True),
        ("wall.gym.example:8080", True),
        ("evil.example:8080", False),
        ("192.168.1.20.evil.example", False),
        ("local", True),
        ("evil.example.local.evil.example", False),
        ("", False),
        ("[::1", False),
    ],
)
def test_the_kiosk_answers_to_its_own_names_only(host: str, own: bool) -> None:
    assert is_own_name(host, {"wall.gym.example"}) is own


def test_a_foreign_name_that_points_here_reads_nothing() -> None:
    with TestClient(create_app(FakeAgent(), "Test kiosk"), base_url="http://evil.example") as client:
        assert client.get("/api/sessions").status_code == 403
