"""A kiosk put together without camera, pages and broker, for tests of its members and their workouts."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from edge_agent.agent.kiosk import Kiosk
from edge_agent.agent.people.pin_desk import PinDesk
from edge_agent.coaching.exercise import load_exercises
from edge_agent.config import Config, SessionConfig
from edge_agent.interface.people import Person
from edge_agent.journal.tables import Journal
from edge_agent.journal.worker import JournalWorker
from edge_agent.members.pins import Pins
from edge_agent.records import PoseFrame
from edge_agent.sync.clock import HybridClock
from tests import skeletons

Story = Callable[[Kiosk], Awaitable[None]]

PIN = "4711"
PHONE, STRANGER = "192.0.2.7", "192.0.2.66"
EXERCISES = load_exercises()


@asynccontextmanager
async def a_kiosk(folder: Path, config: Config | None = None) -> AsyncIterator[Kiosk]:
    """Start a kiosk on what the folder holds. PINs are hashed as cheaply as Argon2 lets them be."""
    config = config or Config(session=SessionConfig(session_end_after_s=600))
    with Journal.open(folder) as journal, JournalWorker(journal) as worker:
        revisions = HybridClock(journal.device_id, journal.last_rev())
        kiosk = Kiosk(config, journal.device_id, EXERCISES, worker, revisions)
        kiosk.people._signing_in.desk = PinDesk(make_pins=lambda: Pins(memory_kib=64, passes=1))
        await kiosk.recover()
        saving = asyncio.create_task(kiosk.saver.run())
        try:
            yield kiosk
        finally:
            saving.cancel()
            await kiosk.close()


def tell(folder: Path, story: Story, config: Config | None = None) -> None:
    """Run a story with a kiosk."""

    async def run() -> None:
        async with asyncio.timeout(30), a_kiosk(folder, config) as kiosk:
            await story(kiosk)

    asyncio.run(run())


def squats(count: int, start_s: float = 0.0) -> list[PoseFrame]:
    steps = [*skeletons.held(0.0, 1), *skeletons.reps(count), *skeletons.held(0.0, 1)]
    return skeletons.performed("squat", steps, start_s=start_s)


def do_squats(kiosk: Kiosk, count: int, start_s: float = 0.0) -> None:
    for frame in squats(count, start_s):
        kiosk.receive(frame)


async def claimed(kiosk: Kiosk) -> Person:
    """Claim the kiosk."""
    code = kiosk.people.claim_code()
    assert code
    return await kiosk.people.claim(code, "Olga", PIN)
