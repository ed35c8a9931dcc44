"""The settings: one TOML file, strict. Every fault is reported at once with its key, its line and a near match."""

import re
from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from edge_agent.errors import ConfigError
from edge_agent.records import Record
from edge_agent.strict_toml import Fault, read_strict

DEFAULT_FILE = Path("/etc/edge-agent/config.toml")
"""The settings of an installed kiosk."""


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
    exercise_folder: str = ""
    """Of exercise files that the gym adds to the shipped ones; empty means none."""
    user_id: str = "guest"
    user_name: str = "Guest"
    body_weight_kg: float = 75.0
    set_end_after_s: float = 10.0
    session_end_after_s: float = 60.0
    """Seconds without anybody in the picture."""


class GymConfig(Record, frozen=True, kw_only=True):
    """How the gym counts its days, for all figures of a history."""

    week_starts: Literal["monday", "sunday", "saturday"] = "monday"
    day_starts_hour: int = 0
    """A workout before this hour belongs to the evening before."""


class StorageConfig(Record, frozen=True, kw_only=True):
    """The folder that holds the journal and the session files; empty means the service's own state folder."""

    folder: str = ""
    keep_rep_detail_days: int = 180
    keep_rep_detail_sessions: int = 5000
    """Older sessions, and all but the newest, keep their single reps in files; with a broker, not before the
    cloud has confirmed them.
    """


class WebConfig(Record, frozen=True, kw_only=True):
    """Where the pages are served."""

    host: str = "0.0.0.0"  # noqa: S104 - phones on the LAN are meant to reach it
    port: int = 8080
    names: tuple[str, ...] = ()
    """Further host names by which browsers call the kiosk, beside its addresses and the LAN's usual endings."""
    address: str = ""
    """What phones open, such as `https://kiosk.gym.example`; empty: the first of `names`, or the address in the LAN."""


class SyncConfig(Record, frozen=True, kw_only=True):
    """The broker, as `mqtt://[user@]host[:port]` or `mqtts://...`; empty means: keep everything here."""

    broker: str = ""
    password_file: str = ""
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""


class MembersConfig(Record, frozen=True, kw_only=True):
    """What members may do, once somebody has claimed the kiosk."""

    live: Literal["members", "everybody"] = "members"
    """Who sees the live page on other screens than the kiosk's own."""
    may_join: bool = True
    """Whether people in front of the kiosk make themselves members."""
    own_screen: Literal["shared", "personal"] = "shared"
    """Whether many use the kiosk's own screen, where a sign-in must not stay open, or it is one person's computer."""


class TokensConfig(Record, frozen=True, kw_only=True):
    """Bearer tokens of API clients: JWTs of one issuer. Without a secret or keys none is accepted."""

    issuer: str = ""
    audience: str = ""
    secret_file: str = ""
    jwks_url: str = ""
    jwks_file: str = ""


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
    gym: GymConfig = GymConfig()
    storage: StorageConfig = StorageConfig()
    web: WebConfig = WebConfig()
    sync: SyncConfig = SyncConfig()
    members: MembersConfig = MembersConfig()
    tokens: TokensConfig = TokensConfig()
    log: LogConfig = LogConfig()


Check = Callable[[Config], Iterable[Fault]]


def load(path: Path, checks: Iterable[Check] = ()) -> Config:
    """Read a settings file; `checks` know more than this module. Raises `ConfigError`, a line for each fault."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: no such file; leave --config out to run with the defaults") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not a text in UTF-8") from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from error
    return parse(text, str(path), checks)


def parse(text: str, source: str, checks: Iterable[Check] = ()) -> Config:
    """Turn the TOML text into a `Config`. Raises `ConfigError`; `source` names the text in messages."""
    return read_strict(text, source, Config, (_check_ranges, _check_texts, *checks))


_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?")

_RANGES: dict[str, tuple[float, float]] = {
    "camera.width": (160, 4096),
    "camera.height": (120, 4096),
    "camera.fps": (1, 120),
    "pose.threads": (1, 16),
    "session.body_weight_kg": (20, 400),
    "session.set_end_after_s": (1, 600),
    "session.session_end_after_s": (1, 7200),
    "gym.day_starts_hour": (0, 6),
    "storage.keep_rep_detail_days": (0, 36500),
    "storage.keep_rep_detail_sessions": (0, 1_000_000),
    "web.port": (1, 65535),
}


def _check_ranges(config: Config) -> Iterator[Fault]:
    for name, (low, high) in _RANGES.items():
        value = attrgetter(name)(config)
        if not low <= value <= high:
            yield name, f"{value} is not between {low:g} and {high:g}"


def _check_texts(config: Config) -> Iterator[Fault]:
    if not is_time_zone(config.time_zone):
        yield "time_zone", f"{config.time_zone!r} is not a time zone such as 'Europe/Berlin'"
    if config.camera.kind == "file" and not config.camera.path:
        yield "camera.path", "a camera of kind 'file' needs the path of a video"
    if config.web.address and not _ADDRESS.fullmatch(config.web.address):
        yield "web.address", f"{config.web.address!r} is not an address such as 'https://kiosk.gym.example'"
    if not config.session.user_id:
        yield "session.user_id", "must not be empty"


def is_time_zone(name: str) -> bool:
    """Return whether the machine knows it, such as `Europe/Berlin`."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
