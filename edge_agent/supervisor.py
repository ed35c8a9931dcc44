"""Child processes of one command: started in their own process group, restarted when they die, stopped in reverse.

A child is tied to its parent by its standard input: when the parent is gone, even by SIGKILL, the input closes and the
child ends (`end_with_parent`). What a child writes to stderr is passed on, except the one line with which it refused
to start: that becomes the parent's own error.
"""

import asyncio
import contextlib
import logging
import sys
import threading
import time
from collections.abc import Callable, Sequence

from edge_agent.errors import ConfigError

logger = logging.getLogger(__name__)

REFUSED_STATUS = 2
"""Exit status of a process that says in one line what somebody must change."""

_RESTART_PAUSES_S = (0.0, 1.0, 2.0, 5.0, 10.0)
_STEADY_AFTER_S = 60.0
_STOP_GRACE_S = 1.5


def command(*arguments: str) -> tuple[str, ...]:
    """Return the command line that runs this program's own command with the same interpreter."""
    return (sys.executable, "-m", "edge_agent", *arguments)


def end_with_parent(stop: Callable[[], None]) -> None:
    """Call `stop` (from a thread) when standard input closes: the parent has gone."""

    def watch() -> None:
        with contextlib.suppress(OSError, ValueError):
            while sys.stdin.buffer.read(1):
                pass
        stop()

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


class Child:
    """One process kept running until it ends by itself with status 0 or `stop` is called."""

    def __init__(self, name: str, arguments: Sequence[str]) -> None:
        self._name = name
        self._arguments = arguments
        self._process: asyncio.subprocess.Process | None = None
        self._refusal = ""
        self._stopping = False

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self._process.returncode is None else None

    async def run(self) -> None:
        """Return when the child has ended with status 0. Raises `ConfigError` with its own words when it refuses."""
        attempt = 0
        while not self._stopping:
            started = time.monotonic()
            status = await self._run_once()
            if status == 0 or self._stopping:
                return
            if status == REFUSED_STATUS:
                raise ConfigError(self._refusal or f"{self._name} could not start")
            attempt = 0 if time.monotonic() - started > _STEADY_AFTER_S else attempt
            pause_s = _RESTART_PAUSES_S[min(attempt, len(_RESTART_PAUSES_S) - 1)]
            attempt += 1
            logger.warning("%s ended with status %d; started again in %.0f s", self._name, status, pause_s)
            await asyncio.sleep(pause_s)

    async def _run_once(self) -> int:
        self._process = await asyncio.create_subprocess_exec(
            *self._arguments,
            stdin=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        try:
            await self._pass_on_errors(self._process)
            return await self._process.wait()
        finally:
            await self._end()

    async def _pass_on_errors(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        held = ""
        async for raw in process.stderr:
            line = raw.decode(errors="replace").rstrip()
            if held:
                print(held, file=sys.stderr)
            held = line if line.startswith("edge-agent: ") else ""
            if not held:
                print(line, file=sys.stderr, flush=True)
        self._refusal = held.removeprefix("edge-agent: ")

    async def stop(self) -> None:
        """End the child: SIGTERM, and SIGKILL when that takes too long."""
        self._stopping = True
        await self._end()

    async def _end(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), _STOP_GRACE_S)
        except TimeoutError:
            logger.warning("%s does not stop; killed", self._name)
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
