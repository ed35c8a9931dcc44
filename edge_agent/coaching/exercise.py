"""Exercises as data: one TOML file each, its name the exercise's key. Adding one takes no Python: docs/exercises.md.

A file is checked when it is loaded; a fault is one `ConfigError` line that names the file and the key.
"""

import re
import tomllib
from math import inf, isfinite
from pathlib import Path
from typing import Literal, get_args

import msgspec

from edge_agent.coaching.features import NAMES, SIDED_NAMES
from edge_agent.coaching.foreshortening import JOINTS
from edge_agent.coaching.landmarks import PAIRS
from edge_agent.errors import ConfigError
from edge_agent.records import Record

_CUE_WORDS = 3

View = Literal["front", "oblique", "side", "rear"]
VIEWS: tuple[View, ...] = get_args(View)
JointShown = Literal["plainly", "foreshortened", "not"]


class Signal(Record, frozen=True, kw_only=True):
    """A feature that shows the movement: its value at rest and at full range, and how much it counts."""

    feature: str
    rest: float
    work: float
    weight: float = 1.0

    def __post_init__(self) -> None:
        _check_feature(self.feature)
        if self.rest == self.work or not isfinite(self.rest - self.work):
            raise ValueError("rest and work must be two different numbers")
        if not 0 < self.weight < inf:
            raise ValueError("weight must be more than 0")


class Gate(Record, frozen=True, kw_only=True):
    """A posture without which a movement isn't this exercise: a feature's bounds at one end of a rep or all along."""

    feature: str
    at: Literal["rest", "work", "always"] = "always"
    min: float | None = None
    max: float | None = None

    def __post_init__(self) -> None:
        _check_feature(self.feature)
        _check_bounds(self.min, self.max)

    def holds(self, value: float) -> bool:
        return (self.min is None or value >= self.min) and (self.max is None or value <= self.max)


class Anchor(Record, frozen=True, kw_only=True):
    """The joints that stay where they are, and how far they may move in torso lengths."""

    joint: str
    limit: float

    def __post_init__(self) -> None:
        if self.joint not in PAIRS:
            raise ValueError(f"unknown joint {self.joint!r}; known: {', '.join(PAIRS)}")
        if not 0 < self.limit < inf:
            raise ValueError("limit must be more than 0")


class Tempo(Record, frozen=True, kw_only=True):
    """Seconds a rep may take, and what one usually takes."""

    min_s: float
    usual_s: float
    max_s: float

    def __post_init__(self) -> None:
        if not 0 < self.min_s < self.usual_s < self.max_s < inf:
            raise ValueError("needs 0 < min_s < usual_s < max_s")


class Hold(Record, frozen=True, kw_only=True):
    """What is held instead of repeated: a posture, kept still."""

    feature: str
    """What shows that somebody moves."""
    still: float
    """How far it may move within the last second, in its unit."""

    def __post_init__(self) -> None:
        _check_feature(self.feature)
        if not 0 < self.still < inf:
            raise ValueError("still must be more than 0")


class MainJoint(Record, frozen=True, kw_only=True):
    """The joint whose range of motion is reported: in `views` its image angle is the joint's own; in `foreshortened`
    ones it is worked out from how short its bones look. Other views can't show it.
    """

    feature: str
    views: tuple[View, ...]
    foreshortened: tuple[View, ...] = ()
    folds: bool = False
    """Whether its bones point to one side of it, because hands or feet are planted."""

    def __post_init__(self) -> None:
        if self.feature not in SIDED_NAMES:
            raise ValueError(f"unknown feature {self.feature!r}; known: {', '.join(sorted(SIDED_NAMES))}")
        if self.foreshortened and self.feature not in JOINTS:
            raise ValueError(f"foreshortened needs a joint: {', '.join(JOINTS)}")

    def shown(self, view: View) -> JointShown:
        """Return how a view shows the joint."""
        return "plainly" if view in self.views else "foreshortened" if view in self.foreshortened else "not"


class FaultRule(Record, frozen=True, kw_only=True):
    """A form fault: a feature beyond its bounds, in the views that can show it. `why` tells where the bound is from."""

    key: str
    feature: str
    at: Literal["rest", "work", "worst", "best", "travel", "from_rest", "shift"]
    """Median near rest or near full range, worst or best over the rep, how far it goes in all, the worst less the
    median at rest, or the median near full range less that at rest."""
    min: float | None = None
    max: float | None = None
    sides: Literal["together", "worse", "difference"] = "together"
    """Both sides joined, the one that is worse, or left less right."""
    views: tuple[View, ...]
    unit: str
    cue: str
    """Shouted: three words at most."""
    text: str
    why: str

    def __post_init__(self) -> None:
        _check_feature(self.feature)
        _check_bounds(self.min, self.max)
        if not self.views:
            raise ValueError("needs at least one view")
        if not 0 < len(self.cue.split()) <= _CUE_WORDS:
            raise ValueError(f"cue must have one to {_CUE_WORDS} words")
        if self.sides != "together" and self.feature not in SIDED_NAMES:
            raise ValueError(f"{self.feature!r} has no left and right")

    def excess(self, figure: float) -> float:
        """Return how far beyond its nearer bound a figure is; negative within them."""
        over = -inf if self.max is None else figure - self.max
        under = -inf if self.min is None else self.min - figure
        return max(over, under)

    def allows(self, figure: float) -> bool:
        return self.excess(figure) <= 0


class Words(Record, frozen=True, kw_only=True):
    """What is said about a rep that is short of the person's own range: while training, and afterwards."""

    partial_cue: str
    partial_text: str


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


def _check_feature(name: str) -> None:
    if name not in NAMES:
        raise ValueError(f"unknown feature {name!r}; known: {', '.join(sorted(NAMES))}")


def _check_bounds(low: float | None, high: float | None) -> None:
    if low is None and high is None:
        raise ValueError("needs min or max")
    if (
        not (-inf if low is None else low) < (inf if high is None else high)
        or inf in (low, high)
        or -inf in (low, high)
    ):
        raise ValueError("min and max must be numbers, min the smaller one")


def load_exercises(folder: Path | None = None) -> dict[str, Exercise]:
    """Return the exercises of a folder by key, the shipped ones by default. Raises `ConfigError`."""
    folder = folder or Path(__file__).parent / "exercises"
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise ConfigError(f"{folder}: no exercise files (*.toml) there")
    return {path.stem: _load(path) for path in paths}


def _load(path: Path) -> Exercise:
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({error})") from error
    except tomllib.TOMLDecodeError as error:
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
