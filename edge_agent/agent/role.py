"""The agent's composition: all it is made of, built by hand on one screen, started in order, stopped in reverse."""

import asyncio
import logging
import os
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from edge_agent import link, service
from edge_agent.agent.kiosk import Kiosk
from edge_agent.coaching.own_exercises import Found, find_exercises
from edge_agent.coaching.recognition import AUTOMATIC
from edge_agent.config import Config
from edge_agent.journal.tables import Journal
from edge_agent.journal.worker import JournalWorker
from edge_agent.members.codes import new_secret
from edge_agent.phrase import Phrase
from edge_agent.sync.clock import HybridClock
from web.app import create_app
from web.server import bind, serve

logger = logging.getLogger(__name__)

Companion = Callable[[Kiosk], Coroutine[Any, Any, None]]
"""Something that runs beside the agent, until it is cancelled at the latest, such as the demo's terminal line."""


async def run_agent(
    config: Config,
    state: Path,
    socket_path: Path,
    stop: asyncio.Event,
    companions: tuple[Companion, ...] = (),
    listener: socket.socket | None = None,
) -> None:
    """Run until `stop` is set or a part fails. Raises `ConfigError` when a port, the journal or a key is wrong.

    `listener` is where the pages are served if it is open already; it is closed in any case.
    """
    found = find_exercises(config.session.exercise_folder)
    config = _countable(config, found)
    listener = listener or bind(config.web.host, config.web.port)
    try:
        with Journal.open(state) as journal, JournalWorker(journal) as worker:
            for line in journal.damage:
                logger.warning("journal: %s", line)
            revisions = HybridClock(journal.device_id, journal.last_rev())
            kiosk = Kiosk(config, journal.device_id, found.exercises, worker, revisions)
            _complain(kiosk, found)
            kiosk.people.trust_commands(_new_command_key(state))
            await kiosk.recover()
            if code := kiosk.people.claim_code():
                logger.info("nobody owns this kiosk yet: claim it on its pages with the code %s", code)
            await _run_parts(kiosk, config, listener, socket_path, stop, companions)
    finally:
        listener.close()


def _countable(config: Config, found: Found) -> Config:
    """Return the settings with recognition in place of an exercise whose file is broken."""
    if config.session.exercise in (AUTOMATIC, *found.exercises):
        return config
    logger.warning("session.exercise: %r can't be counted; exercises are recognised", config.session.exercise)
    return msgspec.structs.replace(config, session=msgspec.structs.replace(config.session, exercise=AUTOMATIC))


def _complain(kiosk: Kiosk, found: Found) -> None:
    """Say which of the gym's own exercises are left out: one of them keeps none of the others from being counted."""
    for fault in found.faults:
        logger.warning("exercise left out: %s", fault)
    if found.faults:
        words = "Exercise left out: {fault}"
        if len(found.faults) > 1:
            words = "Exercise left out: {fault} (and {more} more; 'edge-agent config' tells)"
        kiosk.complain(Phrase(words, fault=found.faults[0], more=len(found.faults) - 1))


def _new_command_key(state: Path) -> str:
    """Write a new key where only this user reads it; on a full disk commands do without."""
    key, path = new_secret(), service.command_key_file(state)
    try:
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(key)
    except OSError as error:
        logger.warning("%s: %s; 'edge-agent sync' can't ask this agent", path, error.strerror)
    return key


async def _run_parts(
    kiosk: Kiosk,
    config: Config,
    listener: socket.socket,
    socket_path: Path,
    stop: asyncio.Event,
    companions: tuple[Companion, ...],
) -> None:
    pages = create_app(
        kiosk,
        config.name,
        host_names=config.web.names,
        address=config.web.address,
        settings=config.members,
    )
    vision = link.serve(socket_path, kiosk.receive, kiosk.vision_gone)
    async with vision, _closing(kiosk), asyncio.TaskGroup() as parts:
        running = [
            parts.create_task(_for_ever(kiosk.saver.run), name="saver"),
            parts.create_task(_for_ever(kiosk.run_clock), name="clock"),
            parts.create_task(_for_ever(kiosk.run_upkeep), name="upkeep"),
            parts.create_task(_for_ever(kiosk.run_news), name="news"),
            parts.create_task(_for_ever(kiosk.fail_with_the_link), name="link"),
            parts.create_task(_for_ever(kiosk.forwarder.run), name="forwarder"),
            *(parts.create_task(one(kiosk), name=f"companion-{n}") for n, one in enumerate(companions)),
        ]
        parts.create_task(serve(pages, listener, stop), name="pages")
        service.notify("READY=1\nSTATUS=Serving the pages")
        logger.info("pages at http://%s:%d", *listener.getsockname()[:2])
        await stop.wait()
        service.notify("STOPPING=1")
        for part in reversed(running):
            part.cancel()


@asynccontextmanager
async def _closing(kiosk: Kiosk) -> AsyncIterator[None]:
    """Save what is running at the end, also when a part has failed."""
    try:
        yield
    finally:
        await kiosk.close()


async def _for_ever(part: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a part that must not end; a part that does ends the process, and systemd starts it again."""
    await part()
    raise RuntimeError(f"{part} ended unexpectedly")
