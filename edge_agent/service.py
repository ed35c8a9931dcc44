"""What a role needs from its machine: folders, signals, systemd's notifications, the boot id, the clock's state."""

import asyncio
import ctypes
import logging
import os
import signal
import socket
from pathlib import Path

logger = logging.getLogger(__name__)

_STATE_UNSYNCHRONISED = 0x40
"""STA_UNSYNC of adjtimex(2): no time daemon has set the clock since boot."""


def state_folder(configured: str) -> Path:
    """Return the folder for what must be kept: as configured, systemd's StateDirectory, or the user's data folder."""
    if configured:
        return Path(configured).expanduser()
    if given := os.environ.get("STATE_DIRECTORY"):
        return Path(given.split(":")[0])
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "edge-agent"


def runtime_folder(state: Path) -> Path:
    """Return the folder for sockets: systemd's RuntimeDirectory, or one inside the state folder."""
    if given := os.environ.get("RUNTIME_DIRECTORY"):
        return Path(given.split(":")[0])
    return state / "run"


def command_key_file(state: Path) -> Path:
    """Return the file with the token by which commands on this machine show a running agent that they may."""
    return state / "command.key"


def stop_event() -> asyncio.Event:
    """Return an event that SIGINT and SIGTERM set; call it inside the running loop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop


def notify(state: str) -> None:
    """Tell systemd, e.g. `READY=1` (sd_notify(3)); without systemd nothing happens."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
        try:
            sender.connect(address)
            sender.sendall(state.encode())
        except OSError as error:
            logger.warning("systemd can't be told %s: %s", state.split("=", maxsplit=1)[0], error)


def boot_id() -> str:
    """Return the kernel's id of this boot, or an empty text where there is none."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def clock_is_certain() -> bool:
    """Whether a time daemon has set the wall clock since boot (a Raspberry Pi has no clock battery)."""
    try:
        adjtimex = ctypes.CDLL(None, use_errno=True).adjtimex
    except (OSError, AttributeError):
        return False
    # struct timex starts with `unsigned modes` and is 208 bytes on 64-bit Linux; zero modes only reads.
    buffer = ctypes.create_string_buffer(512)
    if adjtimex(buffer) < 0:
        return False
    # modes (4, padded to 8), offset, freq, maxerror, esterror (8 each), then `int status`.
    status = int.from_bytes(buffer.raw[40:44], "little")
    return not status & _STATE_UNSYNCHRONISED
