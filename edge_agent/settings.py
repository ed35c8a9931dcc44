"""The settings file, checked against what is there: the exercises, the broker's address, certificates, the video."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from edge_agent import config
from edge_agent.address import parse_address, tls_context
from edge_agent.coaching.own_exercises import find_exercises
from edge_agent.coaching.recognition import AUTOMATIC
from edge_agent.config import Config
from edge_agent.errors import ConfigError
from edge_agent.strict_toml import Fault, near


def load(path: Path) -> Config:
    """Read and check a settings file. Raises `ConfigError` naming every fault, one a line."""
    return config.load(path, (_check_exercise, _check_broker, _check_film, _check_tokens))


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


def _check_tokens(settings: Config) -> Iterator[Fault]:
    tokens = settings.tokens
    for key in ("secret_file", "jwks_file"):
        path = Path(getattr(tokens, key)).expanduser()
        if getattr(tokens, key) and not path.is_file():
            yield f"tokens.{key}", f"{path}: no such file"
    if tokens.jwks_url and not _is_safe(tokens.jwks_url):
        yield "tokens.jwks_url", f"{tokens.jwks_url!r} is no https address; whoever changes the keys signs anything"
    if tokens.jwks_url and tokens.jwks_file:
        yield "tokens.jwks_file", "keys come from tokens.jwks_url already; leave one of both out"
    if (tokens.secret_file or tokens.jwks_url or tokens.jwks_file) and not tokens.issuer:
        yield "tokens.issuer", "tokens need an issuer: what they carry as 'iss'"


def _is_safe(url: str) -> bool:
    """Whether nobody on the way can change what is read there."""
    try:
        parts = urlsplit(url)
        own = parts.hostname in ("127.0.0.1", "localhost")
        return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and own))
    except ValueError:
        return False
