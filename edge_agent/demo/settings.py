"""The demo's settings: a real settings file, written into the demo's folder."""

import json
import os
import socket
from importlib.resources import files
from pathlib import Path

from edge_agent.errors import ConfigError

_DEFAULT_PORT = 8080
CLIP = "squat_session_enter_exit.mp4"
"""A rendered athlete walks in, does five squats and walks out (CC0; its truth lies beside it)."""


def default_folder() -> Path:
    """Return the folder that holds the demo's journal, session files and cloud database."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "edge-agent" / "demo"


def clip_path() -> Path:
    """Return the shipped clip as a file."""
    return Path(str(files("edge_agent.demo") / CLIP))


def free_port(wanted: int | None) -> int:
    """Return the wanted port, or 8080, or any free one when 8080 is taken and nobody asked for it."""
    if wanted is not None:
        return wanted
    for port in (_DEFAULT_PORT, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("0.0.0.0", port))  # noqa: S104 - the pages are for the LAN
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ConfigError("no free port for the web pages; name one with --port")


def write_settings(folder: Path, camera: str | None, exercise: str, port: int, broker_url: str, *, once: bool) -> Path:
    """Write the settings file into `folder` and return its path. `camera` is None, `usb` or the path of a video."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "config.toml"
        path.write_text(_toml(folder, camera, exercise, port, broker_url, once=once), encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{folder}: cannot be written ({error.strerror}); choose another with --folder") from error
    return path


def _toml(folder: Path, camera: str | None, exercise: str, port: int, broker_url: str, *, once: bool) -> str:
    text = json.dumps  # a JSON string is a TOML string
    if camera in ("usb", "picamera2", "auto"):
        source = f"kind = {text(camera)}"
    else:
        film = Path(camera).resolve() if camera else clip_path()
        source = f'kind = "file"\npath = {text(str(film))}\nloop = {text(not once)}\npace = "own"'
    return f"""\
name = "Gym kiosk demo"

[camera]
{source}

[session]
exercise = {text(exercise)}
set_end_after_s = 6
session_end_after_s = 1

[storage]
folder = {text(str(folder))}

[web]
port = {port}

[sync]
broker = {text(broker_url)}

[log]
level = "warning"
"""
