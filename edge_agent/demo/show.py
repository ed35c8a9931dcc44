"""The demo's composition: an embedded broker, a cloud worker with a SQLite database, and the whole kiosk."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from edge_agent import log, service
from edge_agent.agent.kiosk import Kiosk
from edge_agent.demo.broker import EmbeddedBroker
from edge_agent.demo.settings import default_folder, open_listener, write_settings
from edge_agent.demo.terminal import LiveLine, print_json, print_session, result_of
from edge_agent.records import Record, Session, Whereabouts
from edge_agent.run import run_both
from edge_agent.settings import load
from edge_agent.supervisor import Child, command

_LINE_EVERY_S = 0.25
_CONFIRM_WITHIN_S = 60.0


class DemoOptions(Record, frozen=True, kw_only=True):
    """What the command line asked for."""

    once: bool
    json: bool
    camera: str | None
    exercise: str
    port: int | None
    folder: Path | None


async def run_demo(options: DemoOptions) -> int:
    """Show until Ctrl-C, or with `once` until one session is confirmed. Returns 1 when `once` did not get that far."""
    stop = service.stop_event()
    folder = (options.folder or default_folder()).resolve()
    with open_listener(options.port) as listener, EmbeddedBroker() as broker:
        port = int(listener.getsockname()[1])
        path = write_settings(folder, options.camera, options.exercise, port, broker.url, once=options.once)
        config = load(path)
        log.configure(config.log.level)
        demo = _Demo(options, stop, port)
        async with _worker(broker.url, folder / "cloud.sqlite"):
            await run_both(config, path, folder, stop, (demo.accompany,), listener)
    return demo.status


@asynccontextmanager
async def _worker(broker_url: str, database: Path) -> AsyncIterator[None]:
    addresses = ("--broker", broker_url, "--store", f"sqlite:///{database}")
    arguments = command("ingest", *addresses, "--log-level", "warning", "--tied")
    worker = Child("ingest", lambda: arguments)
    running = asyncio.create_task(worker.run(), name="ingest")
    try:
        yield
    finally:
        await worker.stop()
        await asyncio.gather(running, return_exceptions=True)


class _Demo:
    """Accompanies the kiosk: shows the live line and, with `once`, waits for the receipt and ends everything."""

    def __init__(self, options: DemoOptions, stop: asyncio.Event, port: int) -> None:
        self._options = options
        self._stop = stop
        self._line = LiveLine(f"http://{_lan_address()}:{port}")
        self.status = 1 if options.once else 0

    async def accompany(self, kiosk: Kiosk) -> None:
        if code := kiosk.people.claim_code():
            print(f"Nobody owns this kiosk yet; claim it there with the code {code}", flush=True)
        showing = asyncio.create_task(self._show(kiosk), name="live-line")
        try:
            if self._options.once:
                await self._once(kiosk)
                self._stop.set()
            await self._stop.wait()
        finally:
            showing.cancel()
            self._line.end()

    async def _show(self, kiosk: Kiosk) -> None:
        while True:
            self._line.show(kiosk.live(), await kiosk.sync_status())
            await asyncio.sleep(_LINE_EVERY_S)

    async def _once(self, kiosk: Kiosk) -> None:
        session = await kiosk.first_session()
        where = await _confirmation(kiosk, session) if session else None
        self._line.show(kiosk.live(), await kiosk.sync_status())
        self._line.end()
        if session and where:
            print_session(session, where)
        else:
            print("No repetition was seen, so there is no session to save.")
        result = result_of(self._options.exercise, session, where)
        if self._options.json:
            print_json(result)
        self.status = 0 if result.confirmed or session is None else 1


async def _confirmation(kiosk: Kiosk, session: Session) -> Whereabouts:
    """Wait until the cloud has confirmed or refused the session, or for as long as a person would wait."""
    give_up_s = time.monotonic() + _CONFIRM_WITHIN_S
    where = await kiosk.whereabouts(session.session_id)
    while where.state not in ("confirmed", "refused") and time.monotonic() < give_up_s:
        await asyncio.sleep(0.05)
        where = await kiosk.whereabouts(session.session_id)
    return where


def _lan_address() -> str:
    """Return this machine's address on the LAN; connecting a datagram socket sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])
