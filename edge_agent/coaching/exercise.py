"""Exercises as data: one TOML file each, its name the exercise's key. Adding one takes no Python: docs/exercises.md.

A file is checked when it is loaded; a fault is one `ConfigError` line that names the file and the key.
"""

import re
import tomllib
from math import inf
from pathlib import Path
from typing import Literal

import msgspec

from edge_agent.coaching.exercise_parts import Anchor, FaultRule, Gate, Hold, MainJoint, Signal, Tempo, Words
from edge_agent.coaching.features import SIDED_NAMES
from edge_agent.errors import ConfigError
from edge_agent.records import Record

_KEY = re.compile(r"[a-z][a-z0-9_]{0,63}")
_RESERVED = ("auto",)
"""What the settings and the pages call recognition."""


class Exercise(Record, frozen=True, kw_only=True):
    """One exercise: how it is counted, gated, measured and named."""

    key: str
    name: str
    muscles: tuple[str, ...]
    met: float
    """Metabolic equivalent of doing it."""
    met_source: str
    signals: tuple[Signal, ...] = ()
    hold: Hold | None = None
    """Set for an exercise that is counted in seconds; it has gates and no signals."""
    gates: tuple[Gate, ...] = ()
    anchor: Anchor | None = None
    tempo: Tempo = Tempo(min_s=0.5, usual_s=2.5, max_s=12.0)
    min_excursion: float = 0.28
    """The smallest movement that can be a rep, as a share of rest to full range."""
    full_excursion: float = 0.5
    """Less than this is a partial rep even when the person never went further."""
    full_share: float = 0.6
    """Less than this share of the person's own best range is a partial rep."""
    begins_at_work: bool = False
    """Whether a set may begin at full range, as a deadlift does on the floor."""
    unbroken: bool = False
    """Whether nobody can pause within a set, as in circles on a pommel horse: its rhythm tells how many a gap holds."""
    first_half: Literal["eccentric", "concentric"]
    sides: Literal["together", "apart"] = "together"
    """`apart` counts left and right arm each, and joins what they do together."""
    leading_leg: bool = False
    """Whether one leg steps ahead of the other: each has its own range, for the near one looks larger."""
    main_joint: MainJoint
    words: Words
    faults: tuple[FaultRule, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.signals) == bool(self.hold):
            raise ValueError("needs at least one [[signals]], or a hold and none")
        if self.hold and not self.gates:
            raise ValueError("a hold needs at least one [[gates]]")
        if not 0 < self.met < inf:
            raise ValueError("met must be more than 0")
        if not 0 < self.min_excursion <= self.full_excursion < inf:
            raise ValueError("needs 0 < min_excursion <= full_excursion")
        if not 0 < self.full_share <= 1:
            raise ValueError("full_share must be more than 0 and at most 1")
        if not self.name.strip():
            raise ValueError("name must not be empty")
        keys = [rule.key for rule in self.faults]
        if twice := next((key for key in keys if keys.count(key) > 1), None):
            raise ValueError(f"faults: {twice!r} is there twice")
        whole_body = [signal.feature for signal in self.signals if signal.feature not in SIDED_NAMES]
        if self.sides == "apart" and whole_body:
            raise ValueError(f"sides = 'apart' can't use {whole_body[0]!r}, which has no left and right")


def load_exercises(folder: Path | None = None) -> dict[str, Exercise]:
    """Return the exercises of a folder by key, the shipped ones by default. Raises `ConfigError`."""
    folder = folder or Path(__file__).parent / "exercises"
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise ConfigError(f"{folder}: no exercise files (*.toml) there")
    return {path.stem: load_exercise(path) for path in paths}


def load_exercise(path: Path) -> Exercise:
    """Return the exercise of one file. Raises `ConfigError`, one line with file and key."""
    if not _KEY.fullmatch(path.stem) or path.stem in _RESERVED:
        raise ConfigError(f"{path}: key: the file's name must be small letters, digits and _, and not 'auto'")
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({error})") from error
    except (ValueError, RecursionError) as error:
        # Numbers of thousands of digits and brackets a thousand deep are no `TOMLDecodeError`.
        raise ConfigError(f"{path}: not valid TOML: {error}") from error
    if "key" in tree:
        raise ConfigError(f"{path}: key: is the file's name; leave it out")
    try:
        return msgspec.convert({"key": path.stem, **tree}, Exercise)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}: {_explain(str(error))}") from error


def _explain(reason: str) -> str:
    """Turn msgspec's `reason - at `$.signals[0].weight`` into `signals[0].weight: reason`."""
    if found := re.fullmatch(r"(.*?)(?: - at `\$\.?(.*)`)?", reason, re.DOTALL):
        text, key = found[1], found[2]
        return f"{key}: {text}" if key else text
    return reason
