"""The demo's settings: a real settings file, written into the demo's folder."""

import json
import os
import socket
from importlib.resources import files
from pathlib import Path

from edge_agent.errors import ConfigError
from web.server import bind

_HOST, _DEFAULT_PORT = "0.0.0.0", 8080  # noqa: S104 - the pages are for the LAN
CLIP = "squat_session_enter_exit.mp4"
"""A rendered athlete walks in, does five squats and walks out (CC0; its truth lies beside it)."""


def default_folder() -> Path:
    """Return the folder that holds the demo's journal, session files and cloud database."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "edge-agent" / "demo"


def clip_path() -> Path:
    """Return the shipped clip as a file."""
    return Path(str(files("edge_agent.demo") / CLIP))


def open_listener(port: int | None) -> socket.socket:
    """Listen at the wanted port, or at 8080, or at any free one when 8080 is taken and nobody asked for it."""
    try:
        return bind(_HOST, _DEFAULT_PORT if port is None else port)
    except ConfigError as error:
        if port is not None:
            raise ConfigError(str(error).replace("set web.port to", "set --port to")) from error
    return bind(_HOST, 0)


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

[members]
own_screen = "personal"

[sync]
broker = {text(broker_url)}

[log]
level = "warning"
"""
