"""Starts the demo as a user does and asks it through its own API."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.ports import free_port


def children(pid: int, verb: str) -> list[int]:
    """Processes started by `pid` that run `edge-agent VERB`."""
    found = []
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
        if verb.encode() in words:
            found.append(int(child))
    return found


class RunningDemo:
    def __init__(self, process: subprocess.Popen[str], port: int, folder: Path) -> None:
        self.process = process
        self.address = f"http://127.0.0.1:{port}"
        self.folder = folder

    def ask(self, path: str) -> Any:
        return httpx.get(self.address + path, timeout=5).raise_for_status().json()

    def ask_text(self, path: str) -> str:
        return httpx.get(self.address + path, timeout=5).raise_for_status().text

    def wait_for(self, path: str, what: Callable[[Any], bool], within_s: float = 150) -> Any:
        """Ask again until the answer is as wanted; fails with the last answer."""
        give_up_s = time.monotonic() + within_s
        answer: Any = None
        while time.monotonic() < give_up_s:
            assert self.process.poll() is None, f"the demo ended with status {self.process.returncode}"
            try:
                answer = self.ask(path)
            except httpx.TransportError as error:
                answer = error
            else:
                if what(answer):
                    return answer
            time.sleep(0.05)
        raise AssertionError(f"{path} still answers {answer}")


@contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """`edge-agent ARGUMENTS` in a process of its own; interrupted at the end if it still runs."""
    command = [sys.executable, "-m", "edge_agent", *arguments]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def running_demo(folder: Path, *arguments: str) -> Iterator[RunningDemo]:
    port = free_port()
    with running("demo", "--folder", str(folder), "--port", str(port), *arguments) as process:
        yield RunningDemo(process, port, folder)


@contextmanager
def running_agent(folder: Path, more_settings: str = "") -> Iterator[RunningDemo]:
    """The agent alone on a folder that something else has left."""
    port = free_port()
    settings = folder / "agent.toml"
    settings.write_text(f'[storage]\nfolder = "{folder}"\n[web]\nhost = "127.0.0.1"\nport = {port}\n{more_settings}')
    with running("agent", "--config", str(settings)) as process:
        yield RunningDemo(process, port, folder)


def refusal(*arguments: str, folder: Path | None = None) -> str:
    """Run a command that must refuse with status 2 and return its words, without what was logged before."""
    command = [sys.executable, "-m", "edge_agent", *arguments]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=folder)
    assert told.returncode == 2, told.stderr
    return "\n".join(line for line in told.stderr.splitlines() if not line.startswith(("INFO", "WARNING")))
