"""Both roles in the foreground: the agent in this process, vision in a child that is restarted when it dies."""

import asyncio
import socket
from pathlib import Path

from edge_agent import service
from edge_agent.agent.kiosk import Kiosk
from edge_agent.agent.role import Companion, run_agent
from edge_agent.config import Config
from edge_agent.supervisor import Child, command


async def run_both(
    config: Config,
    config_file: Path | None,
    state: Path,
    stop: asyncio.Event,
    companions: tuple[Companion, ...] = (),
    listener: socket.socket | None = None,
) -> None:
    """Run until `stop` is set; `companions` and `listener` are as in `run_agent`.

    Raises `ConfigError` with the words of whichever role refuses to start.
    """
    socket_path = service.runtime_folder(state) / "vision.sock"
    film = _FilmClock()
    settings = ("--config", str(config_file)) if config_file else ()
    watch = command("vision", *settings, "--socket", str(socket_path), "--tied")
    vision = Child("vision", lambda: (*watch, *film.arguments()))
    try:
        async with asyncio.TaskGroup() as roles:
            watching = roles.create_task(vision.run(), name="vision")
            roles.create_task(_stop_with(stop, vision), name="vision-stop")
            await run_agent(config, state, socket_path, stop, (film.follow, *companions), listener)
            watching.cancel()
    finally:
        await vision.stop()


async def _stop_with(stop: asyncio.Event, child: Child) -> None:
    """Stop the child while the agent stops, not after it."""
    await stop.wait()
    await child.stop()


class _FilmClock:
    """Knows when vision first ran, so that a restarted one joins a film where a camera would: at the present moment."""

    def __init__(self) -> None:
        self._kiosk: Kiosk | None = None

    async def follow(self, kiosk: Kiosk) -> None:
        self._kiosk = kiosk

    def arguments(self) -> tuple[str, ...]:
        began_s = self._kiosk.vision_began_s if self._kiosk else None
        return () if began_s is None else ("--film-started-s", f"{began_s:.3f}")
