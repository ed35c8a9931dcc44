"""Real brokers on loopback, each on a free port, that a test may kill and start again."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from getpass import getuser
from pathlib import Path
from typing import Protocol

import pytest

from edge_agent.demo.broker import EmbeddedBroker
from tests.ports import free_port

BROKERS = ("mosquitto", "iotcore")
_MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


class Broker(Protocol):
    @property
    def url(self) -> str: ...

    def start(self) -> None: ...

    def kill(self) -> None: ...


class Mosquitto:
    """Keeps nothing on disk and runs as whoever runs the test; `settings` are further lines of its configuration."""

    def __init__(self, folder: Path, settings: str = "allow_anonymous true") -> None:
        if _MOSQUITTO is None:
            pytest.skip("needs mosquitto")
        self.port = free_port()
        self._settings = folder / "mosquitto.conf"
        self._settings.write_text(f"user {getuser()}\nlistener {self.port} 127.0.0.1\n{settings}\n")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    def start(self) -> None:
        assert _MOSQUITTO is not None
        self._process = subprocess.Popen([_MOSQUITTO, "-c", str(self._settings)], stderr=subprocess.DEVNULL)
        wait_for_port(self.port)

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait(10)
            self._process = None


class Iotcore:
    def __init__(self) -> None:
        pytest.importorskip("iotcore")
        self.port = free_port()
        self._running: EmbeddedBroker | None = None

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._running = EmbeddedBroker(self.port).__enter__()

    def kill(self) -> None:
        if self._running:
            process = self._running._broker._process
            process.kill()
            process.wait(10)
            self._running.__exit__(None, None, None)
            self._running = None


@contextmanager
def broker_named(name: str, folder: Path) -> Iterator[Broker]:
    """A broker that is not started yet."""
    broker: Broker = Iotcore() if name == "iotcore" else Mosquitto(folder)
    try:
        yield broker
    finally:
        broker.kill()


def wait_for_port(port: int) -> None:
    give_up_s = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < give_up_s, "the broker does not start"
            time.sleep(0.01)
        else:
            return
