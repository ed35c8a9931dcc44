import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.fake_agent import FakeAgent
from web.app import create_app


@pytest.fixture(scope="module")
def client() -> TestClient[Litestar]:
    return TestClient(create_app(FakeAgent(), "Test kiosk"))


@pytest.mark.parametrize("path", ["/", "/history", "/api/live", "/nowhere", "/api/nowhere", "/schema/openapi.json"])
def test_every_answer_is_guarded_and_not_kept(client: TestClient[Litestar], path: str) -> None:
    headers = client.get(path).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"


def test_no_other_origin_is_allowed_to_read(client: TestClient[Litestar]) -> None:
    answer = client.get("/api/live", headers={"origin": "http://elsewhere.example"})
    assert "access-control-allow-origin" not in answer.headers
