"""Whatever the OpenAPI document allows, and much that it does not, sent to a real kiosk: it goes on, and explains."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from edge_agent.config import Config, TokensConfig
from tests.people_parts import PIN, a_kiosk, do_squats
from tests.token_parts import AUDIENCE, ISSUER, SECRET, token
from web.app import create_app
from web.server import bind, serve

schemathesis = pytest.importorskip("schemathesis")

EXAMPLES = 15
ENDLESS = "/api/live/stream"
GENERATED = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class Kiosk:
    """A real kiosk with an owner and a member who has trained, served on a free port."""

    def __init__(self) -> None:
        self.ready = threading.Event()
        self.url = ""
        self.ids: dict[str, str] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None

    async def run(self, folder: Path) -> None:
        self._loop, self._stop, listener = asyncio.get_running_loop(), asyncio.Event(), bind("127.0.0.1", 0)
        (folder / "secret").write_bytes(SECRET)
        tokens = TokensConfig(issuer=ISSUER, audience=AUDIENCE, secret_file=str(folder / "secret"))
        async with a_kiosk(folder / "state", Config(tokens=tokens)) as kiosk:
            code = kiosk.people.claim_code()
            assert code
            self.ids["owner"] = (await kiosk.people.claim(code, "Olga", PIN)).user_id
            self.ids["member"] = (await kiosk.people.join("Mia", PIN)).user_id
            await kiosk.people.train(self.ids["member"])
            do_squats(kiosk, 3)
            await kiosk.finish_session()
            app = create_app(kiosk, "Test kiosk")
            self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            self.ready.set()
            await serve(app, listener, self._stop)

    def stop(self) -> None:
        assert self._loop
        assert self._stop
        self._loop.call_soon_threadsafe(self._stop.set)

    def headers(self, who: str) -> dict[str, str]:
        return {"authorization": f"Bearer {token(sub=self.ids[who])}"} if who in self.ids else {}


@contextmanager
def running(folder: Path) -> Iterator[Kiosk]:
    kiosk = Kiosk()
    thread = threading.Thread(target=asyncio.run, args=(kiosk.run(folder),), name="kiosk under test")
    thread.start()
    try:
        assert kiosk.ready.wait(20)
        yield kiosk
    finally:
        kiosk.stop()
        thread.join(10)
        assert not thread.is_alive()


@pytest.fixture(scope="module")
def kiosk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kiosk]:
    with running(tmp_path_factory.mktemp("kiosk")) as one:
        yield one


@pytest.mark.slow
@pytest.mark.parametrize("who", ["owner", "member", "own screen"])
def test_no_request_makes_the_kiosk_stumble(kiosk: Kiosk, who: str) -> None:
    schema = schemathesis.openapi.from_dict(httpx.get(f"{kiosk.url}/schema/openapi.json").json())
    stumbled: list[str] = []
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path == ENDLESS:
            continue

        @GENERATED
        @given(case=operation.as_strategy())
        def send(case: Any) -> None:
            answer = case.call(base_url=kiosk.url, headers=kiosk.headers(who), timeout=20)
            explained = answer.status_code < 400 or "problem+json" in answer.headers["content-type"][0]
            if answer.status_code >= 500 or not explained:
                stumbled.append(f"{case.as_curl_command()}: {answer.status_code} {answer.text[:200]}")

        send()
    assert stumbled == [], "\n".join(stumbled)
    assert httpx.get(f"{kiosk.url}/health").json()["trouble"] == ""
