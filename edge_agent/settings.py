"""The settings file, checked against what is there: the exercises, the broker's address, certificates, the video."""

from collections.abc import Iterator
from pathlib import Path

from edge_agent import config
from edge_agent.address import parse_address, tls_context
from edge_agent.coaching.own_exercises import find_exercises
from edge_agent.coaching.recognition import AUTOMATIC
from edge_agent.config import Config
from edge_agent.errors import ConfigError
from edge_agent.strict_toml import Fault, near


def load(path: Path) -> Config:
    """Read and check a settings file. Raises `ConfigError` naming every fault, one a line."""
    return config.load(path, (_check_exercise, _check_broker, _check_film))


def _check_exercise(settings: Config) -> Iterator[Fault]:
    found = find_exercises(settings.session.exercise_folder)
    known = [AUTOMATIC, *found.exercises]
    key = settings.session.exercise
    # It may be that of a broken file, without which the kiosk starts; `edge-agent config` tells what is wrong there.
    if key not in known and not found.faults:
        yield "session.exercise", f"no exercise {key!r}{near(key, known)}"


def _check_broker(settings: Config) -> Iterator[Fault]:
    if not settings.sync.broker:
        return
    try:
        tls_context(settings.sync, parse_address(settings.sync))
    except ConfigError as error:
        yield "sync.broker", str(error)


def _check_film(settings: Config) -> Iterator[Fault]:
    path = Path(settings.camera.path).expanduser()
    if settings.camera.kind == "file" and settings.camera.path and not path.exists():
        yield "camera.path", f"{path}: no such video"
