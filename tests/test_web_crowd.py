"""Two hundred phones on the live page of a real kiosk: what it counts does not depend on them."""

import asyncio
import contextlib
import re
import time
from pathlib import Path

import pytest

from tests.patience import patience_s
from tests.people_parts import a_kiosk, squats
from web.app import create_app
from web.server import bind, serve

PHONES = 200
REPS = 6
FRAME_S = 1 / 30
PATIENCE_S = 60


class Phone:
    """Follows the live stream and remembers the newest count; a deaf one never reads it."""

    def __init__(self, port: int, secret: str, *, deaf: bool = False) -> None:
        self.reps = -1
        self.deaf = deaf
        self._news = asyncio.Event()
        self._port = port
        self._request = (
            f"GET /api/live/stream HTTP/1.1\r\nHost: kiosk.local\r\nCookie: edge_session={secret}\r\n\r\n".encode()
        )

    async def follow(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(self._request)
        if self.deaf:
            await asyncio.Event().wait()
        while line := await reader.readline():
            if found := re.search(rb'"reps":(\d+)', line):
                self.reps = int(found[1])
                self._news.set()

    async def has_seen(self, reps: int) -> None:
        while self.reps < reps:
            self._news.clear()
            await self._news.wait()


@pytest.mark.slow
def test_the_count_goes_on_while_two_hundred_phones_watch(tmp_path: Path) -> None:
    async def story() -> tuple[int, list[int], float]:
        listener, stop = bind("127.0.0.1", 0), asyncio.Event()
        async with asyncio.timeout(PATIENCE_S), a_kiosk(tmp_path) as kiosk:
            code = kiosk.people.claim_code()
            assert code
            owner = await kiosk.people.claim(code, "Olga", "4711")
            app = create_app(kiosk, "Test kiosk")
            secret, _ = app.state.gate.sign_ins.begin(owner.user_id)
            serving = asyncio.create_task(serve(app, listener, stop))
            port = listener.getsockname()[1]
            phones = [Phone(port, secret, deaf=number % 10 == 0) for number in range(PHONES)]
            following = [asyncio.create_task(phone.follow()) for phone in phones]
            hearing = [phone for phone in phones if not phone.deaf]
            await asyncio.gather(*(phone.has_seen(0) for phone in hearing))
            latest_s = 0.0
            for frame in squats(REPS):
                due_s = time.monotonic() + FRAME_S
                kiosk.receive(frame)
                await asyncio.sleep(FRAME_S)
                latest_s = max(latest_s, time.monotonic() - due_s)
            await asyncio.gather(*(phone.has_seen(REPS) for phone in hearing))
            counted = kiosk.live().reps
            for one in following:
                one.cancel()
            stop.set()
            with contextlib.suppress(asyncio.CancelledError):
                await serving
        return counted, [phone.reps for phone in hearing], latest_s

    counted, seen, latest_s = asyncio.run(story())
    assert counted == REPS
    assert seen == [REPS] * (PHONES * 9 // 10)
    assert latest_s < patience_s(2), f"a frame waited {latest_s:.1f} s"
