"""Child processes of one command: started in their own process group, restarted when they die, stopped in reverse.

A child is tied to its parent by its standard input: when the parent is gone, even by SIGKILL, the input closes and the
child ends (`end_with_parent`). What a child writes to stderr is passed on, except the last line with which it explains
its own end: the parent tells that one.
"""

import asyncio
import contextlib
import itertools
import logging
import os
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence

from edge_agent.errors import ConfigError

logger = logging.getLogger(__name__)

REFUSED_STATUS = 2
"""Exit status of a process that says in one line what somebody must change."""

_STDIN = 0
_RESTART_PAUSES_S = (0.0, 0.0, 1.0, 2.0, 5.0, 10.0)
_STEADY_AFTER_S = 60.0
_STOP_GRACE_S = 1.0


def command(*arguments: str) -> tuple[str, ...]:
    """Return the command line that runs this program's own command with the same interpreter."""
    return (sys.executable, "-m", "edge_agent", *arguments)


def end_with_parent(stop: Callable[[], object]) -> None:
    """Call `stop` (from a thread) when standard input closes: the parent has gone."""

    def watch() -> None:
        # Not through sys.stdin: its lock would be held when the interpreter ends.
        with contextlib.suppress(OSError):
            while os.read(_STDIN, 1):
                pass
        stop()

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


class Child:
    """One process kept running until it ends by itself with status 0 or `stop` is called."""

    def __init__(self, name: str, arguments: Callable[[], Sequence[str]]) -> None:
        """`arguments` gives the command line anew for each start."""
        self._name = name
        self._arguments = arguments
        self._process: asyncio.subprocess.Process | None = None
        self._last_words = ""
        self._stopping = False

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self._process.returncode is None else None

    async def run(self) -> None:
        """Return when the child has ended with status 0.

        Raises `ConfigError` with the child's own words when it refuses its first start. Later nothing is final: a
        camera that was unplugged may come back.
        """
        attempt = 0
        for start in itertools.count():
            started_s = time.monotonic()
            status = await self._run_once()
            if status == 0 or self._stopping:
                return
            if status == REFUSED_STATUS and start == 0:
                raise ConfigError(self._last_words or f"{self._name} could not start")
            attempt = 0 if time.monotonic() - started_s > _STEADY_AFTER_S else attempt
            pause_s = _RESTART_PAUSES_S[min(attempt, len(_RESTART_PAUSES_S) - 1)]
            attempt += 1
            reason = self._last_words or f"status {status}"
            logger.warning("%s ended (%s); started again in %.0f s", self._name, reason, pause_s)
            await asyncio.sleep(pause_s)

    async def _run_once(self) -> int:
        self._process = await asyncio.create_subprocess_exec(
            *self._arguments(),
            stdin=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        try:
            if self._stopping:
                await self._end()
            await self._pass_on_errors(self._process)
            return await self._process.wait()
        finally:
            await self._end()

    async def _pass_on_errors(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        held = ""
        async for raw in _lines(process.stderr):
            line = raw.decode(errors="replace").rstrip()
            if held:
                print(held, file=sys.stderr)
            held = line if line.startswith("edge-agent: ") else ""
            if not held:
                print(line, file=sys.stderr, flush=True)
        self._last_words = held.removeprefix("edge-agent: ")

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
            async with asyncio.timeout(_STOP_GRACE_S):
                await process.wait()
        except TimeoutError:
            logger.warning("%s does not stop; killed", self._name)
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Read lines; one longer than the reader's limit (64 KiB) is left out, it must not end the parent."""
    while True:
        try:
            line = await stream.readline()
        except ValueError:
            continue
        if not line:
            return
        yield line
