import pytest
from litestar.testing import TestClient

from tests.fake_agent import FakeAgent
from web.app import create_app
from web.origin import is_own_page

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
