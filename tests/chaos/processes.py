"""The processes of a chaos run: kiosks, workers and the broker, each killed and started again at will."""

import asyncio
import contextlib
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path

from tests.brokers import Mosquitto
from tests.chaos.account import Promises

_BROKER = """\
allow_anonymous true
max_queued_messages 40
max_inflight_messages 20
persistence true
persistence_location {folder}/
autosave_on_changes true
autosave_interval 1
"""
"""A short queue, so that it overflows; what mosquitto drops then, only a receipt can tell."""


class Runner:
    """One process that is started again after each kill."""

    def __init__(self, *command: str, log: Path) -> None:
        self._command = command
        self._log = log
        self._process: Process | None = None

    async def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", *self._arguments(), stdin=PIPE, stdout=self._stdout, stderr=log
            )

    async def kill(self, sign: signal.Signals = signal.SIGKILL) -> None:
        process, self._process = self._process, None
        if process and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(sign)
            await process.wait()

    _stdout = DEVNULL

    def _arguments(self) -> tuple[str, ...]:
        return self._command


class Worker(Runner):
    """`edge-agent ingest`."""

    def __init__(self, broker: str, store: str, log: Path) -> None:
        super().__init__("edge_agent", "ingest", "--broker", broker, "--store", store, "--tied", log=log)


class Device(Runner):
    """A kiosk (device.py); what it tells goes into the promises."""

    _stdout = PIPE

    def __init__(self, state: Path, port: int, broker: str, promises: Promises, *, trusting: bool) -> None:
        super().__init__("tests.chaos.device", str(state), str(port), broker, log=state.with_suffix(".log"))
        self._promises = promises
        self._trusting = trusting
        self._lives = 0
        self._reading: asyncio.Task[None] | None = None
        self.pending: int | None = None

    def _arguments(self) -> tuple[str, ...]:
        return (*self._command, f"{self._lives:04d}", *(["--trust-puback"] if self._trusting else []))

    async def start(self) -> None:
        self._lives += 1
        self.pending = None
        await super().start()
        assert self._process
        assert self._process.stdout
        self._reading = asyncio.create_task(self._read(self._process.stdout))

    async def kill(self, sign: signal.Signals = signal.SIGKILL) -> None:
        await super().kill(sign)
        if self._reading:
            await self._reading

    async def rest(self) -> None:
        assert self._process
        assert self._process.stdin
        self._process.stdin.write(b"rest\n")
        await self._process.stdin.drain()

    async def _read(self, told: asyncio.StreamReader) -> None:
        async for line in told:
            if not line.endswith(b"\n"):
                continue  # killed in the middle of a word
            verb, *words = line.decode().split()
            if verb == "try":
                self._promises.tried(words[0], words[1])
            elif verb == "ack":
                self._promises.acknowledged(words[0], words[1])
            else:
                self.pending = int(words[0])


class RestlessBroker(Mosquitto):
    """Mosquitto that may forget everything when it is killed."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, _BROKER.format(folder=folder))
        self._memory = folder / "mosquitto.db"

    def kill(self, *, forget: bool = False) -> None:
        super().kill()
        if forget:
            self._memory.unlink(missing_ok=True)
