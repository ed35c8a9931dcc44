"""The settings: one TOML file, strict. Every fault is reported at once with its key, its line and a near match."""

import difflib
import re
import tomllib
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from edge_agent.errors import ConfigError
from edge_agent.records import Record


class CameraConfig(Record, frozen=True, kw_only=True):
    """Where pictures come from. `path`, `loop` and `pace` are for `file` only."""

    kind: Literal["auto", "picamera2", "usb", "file"] = "auto"
    device: str = "0"
    path: str = ""
    loop: bool = False
    pace: Literal["own", "fast"] = "own"
    width: int = 640
    height: int = 480
    fps: int = 30


class PoseConfig(Record, frozen=True, kw_only=True):
    """Which estimator finds the landmarks. `task_file` is for `mediapipe` only."""

    estimator: Literal["onnxruntime", "mediapipe"] = "onnxruntime"
    model: Literal["lite", "full"] = "lite"
    threads: int = 1
    task_file: str = ""


class SessionConfig(Record, frozen=True, kw_only=True):
    """What is counted for whom, and when a set and a session are over."""

    exercise: str = "squat"
    user_id: str = "guest"
    user_name: str = "Guest"
    body_weight_kg: float = 75.0
    set_end_after_s: float = 10.0
    session_end_after_s: float = 60.0
    """Seconds without anybody in the picture."""


class StorageConfig(Record, frozen=True, kw_only=True):
    """The folder that holds the journal and the session files; empty means the service's own state folder."""

    folder: str = ""
    keep_rep_detail_days: int = 180
    keep_rep_detail_sessions: int = 5000
    """Older sessions, and all but the newest, keep their single reps in files once the cloud has confirmed them."""


class WebConfig(Record, frozen=True, kw_only=True):
    """Where the pages are served."""

    host: str = "0.0.0.0"  # noqa: S104 - phones on the LAN are meant to reach it
    port: int = 8080


class SyncConfig(Record, frozen=True, kw_only=True):
    """The broker, as `mqtt://[user@]host[:port]` or `mqtts://...`; empty means: keep everything here."""

    broker: str = ""
    password_file: str = ""
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""


class LogConfig(Record, frozen=True, kw_only=True):
    """How much is logged."""

    level: Literal["debug", "info", "warning", "error"] = "info"


class Config(Record, frozen=True, kw_only=True):
    """All settings with their defaults."""

    name: str = "Gym kiosk"
    time_zone: str = "UTC"
    camera: CameraConfig = CameraConfig()
    pose: PoseConfig = PoseConfig()
    session: SessionConfig = SessionConfig()
    storage: StorageConfig = StorageConfig()
    web: WebConfig = WebConfig()
    sync: SyncConfig = SyncConfig()
    log: LogConfig = LogConfig()


def load(path: Path) -> Config:
    """Read a settings file. Raises `ConfigError` naming every fault, one a line."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: no such file; leave --config out to run with the defaults") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({error})") from error
    return parse(text, str(path))


def parse(text: str, source: str) -> Config:
    """Turn the TOML text into a `Config`. Raises `ConfigError`; `source` names the text in messages."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{source}: not valid TOML: {error}") from error
    lines = _key_lines(text)
    faults = _faults(tree, Config, "", lines) + _range_faults(tree, lines)
    if faults:
        raise ConfigError("\n".join(f"{source}, {fault}" for fault in faults))
    return msgspec.convert(tree, Config)


def _faults(tree: dict[str, Any], record: type[Record], prefix: str, lines: dict[str, int]) -> list[str]:
    fields = {field.name: field for field in msgspec.structs.fields(record)}
    faults = []
    for key, value in tree.items():
        name = prefix + key
        where = f"line {lines.get(name, 1)}: {name}"
        if key not in fields:
            faults.append(f"{where}: unknown key{_near(key, fields)}")
            continue
        kind = fields[key].type
        if isinstance(kind, type) and issubclass(kind, Record):
            if isinstance(value, dict):
                faults += _faults(value, kind, f"{name}.", lines)
            else:
                faults.append(f"{where}: must be a section, written as [{name}]")
            continue
        try:
            msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            faults.append(f"{where}: {_explain(value, kind, str(error))}")
    return faults


def _explain(value: object, kind: Any, reason: str) -> str:
    choices = [str(choice) for choice in getattr(kind, "__args__", ())]
    if not choices:
        return reason
    return f"{value!r} is not one of {', '.join(choices)}{_near(str(value), choices)}"


def _near(word: str, known: Any) -> str:
    matches = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean {matches[0]!r}?" if matches else f"; known: {', '.join(known)}"


_RANGES: dict[str, tuple[float, float]] = {
    "camera.width": (160, 4096),
    "camera.height": (120, 4096),
    "camera.fps": (1, 120),
    "pose.threads": (1, 16),
    "session.body_weight_kg": (20, 400),
    "session.set_end_after_s": (1, 600),
    "session.session_end_after_s": (1, 7200),
    "storage.keep_rep_detail_days": (0, 36500),
    "storage.keep_rep_detail_sessions": (0, 1_000_000),
    "web.port": (1, 65535),
}


def _range_faults(tree: dict[str, Any], lines: dict[str, int]) -> list[str]:
    faults = []
    for name, (low, high) in _RANGES.items():
        section, key = name.split(".")
        part = tree.get(section)
        value = part.get(key) if isinstance(part, dict) else None
        if isinstance(value, int | float) and not low <= value <= high:
            faults.append(f"line {lines.get(name, 1)}: {name}: {value} is not between {low:g} and {high:g}")
    zone = tree.get("time_zone")
    if isinstance(zone, str) and not _is_time_zone(zone):
        faults.append(
            f"line {lines.get('time_zone', 1)}: time_zone: {zone!r} is not a time zone such as 'Europe/Berlin'"
        )
    camera = tree.get("camera")
    if isinstance(camera, dict) and camera.get("kind") == "file" and not camera.get("path"):
        faults.append(f"line {lines.get('camera.kind', 1)}: camera.path: kind 'file' needs the path of a video")
    return faults


def _is_time_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _key_lines(text: str) -> dict[str, int]:
    """Map dotted keys to line numbers; tomllib does not give them."""
    lines: dict[str, int] = {}
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[\s*([\w.\-\s]+?)\s*\]", line):
            section = re.sub(r"\s", "", header[1]) + "."
            lines.setdefault(section[:-1], number)
        elif key := re.match(r"\s*([\w\-]+(?:\s*\.\s*[\w\-]+)*)\s*=", line):
            lines.setdefault(section + re.sub(r"\s", "", key[1]), number)
    return lines
