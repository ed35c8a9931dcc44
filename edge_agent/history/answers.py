"""What is asked of a member's history, and what is answered.

Days are calendar days in the gym's time zone, a day beginning at the gym's day boundary; weeks begin on the gym's first
day of the week. Reps are full ones, volume is weight times full reps of working sets in kg.
"""

from datetime import date
from typing import Literal

import msgspec

from edge_agent.history.figures import Best, BestKind, Run, Totals
from edge_agent.records import Record, SyncState

Source = Literal["camera", "manual", "import"]
Sort = Literal["newest", "oldest", "reps", "duration", "calories", "volume", "score"]
SORTS: tuple[Sort, ...] = ("newest", "oldest", "reps", "duration", "calories", "volume", "score")
Span = Literal["today", "week", "month", "all"]
Step = Literal["day", "week", "month"]


class Wanted(Record, frozen=True, kw_only=True):
    """Which workouts are meant; filters narrow together, both days are included."""

    since: date | None = None
    until: date | None = None
    exercise: str | None = None
    source: Source | None = None


class Summary(Record, frozen=True, kw_only=True):
    """One workout in a list."""

    session_id: str
    start_time: str
    day: str
    source: Source
    exercises: tuple[str, ...]
    """Keys, in order of first appearance."""
    names: tuple[str, ...]
    sets: int
    reps: int
    hold_s: float
    duration_s: float
    volume_kg: float
    calories_kcal: float | None
    score: float | None
    """Mean score of all reps, 0..1."""
    interrupted: bool
    edited: bool
    state: SyncState


class SummaryPage(Record, frozen=True, kw_only=True):
    """A page of a list; `total` counts all that match the filters."""

    sessions: tuple[Summary, ...]
    total: int
    next_cursor: str | None = None


class Card(Record, frozen=True, kw_only=True):
    """A period that is running, and the same part of the one before: until this weekday, this day of the month."""

    start: str
    now: Totals
    before: Totals


class Cards(Record, frozen=True, kw_only=True):
    """The figures above a history."""

    week: Card
    month: Card
    all_time: Totals


class VolumePoint(Record, frozen=True, kw_only=True):
    """What was done in the day, week or month that begins on `start`."""

    start: str
    sessions: int
    sets: int
    reps: int
    volume_kg: float
    hold_s: float
    duration_s: float


class MixPart(Record, frozen=True, kw_only=True):
    """How much of the training one exercise is; `share` is of all sets, 0..1."""

    exercise: str
    name: str
    sets: int
    reps: int
    hold_s: float
    share: float


class DayFigure(Record, frozen=True, kw_only=True):
    """One day with at least one workout."""

    day: str
    sessions: int
    reps: int
    duration_s: float


class TrendPoint(Record, frozen=True, kw_only=True):
    """One exercise on one day it was done. `one_rep_max_kg` is Epley's estimate from the best set of up to 12 reps."""

    day: str
    session_id: str
    sets: int
    reps: int
    best_reps: int
    best_weight_kg: float | None
    one_rep_max_kg: float | None
    volume_kg: float
    hold_s: float
    range_deg: float | None
    """Mean range of motion of the full reps that were measured."""
    score: float | None
    verified: bool


class Performance(Record, frozen=True, kw_only=True):
    """What was done of an exercise the last time: a line for each set."""

    session_id: str
    day: str
    sets: tuple["PerformedSet", ...]


class PerformedSet(Record, frozen=True, kw_only=True):
    """One working set of a performance."""

    reps: int
    weight_kg: float | None
    hold_s: float | None
    rpe: float | None


class ExerciseHistory(Record, frozen=True, kw_only=True):
    """Everything about one exercise, oldest first."""

    exercise: str
    name: str
    formula: str
    """Of the estimated one-rep maximum, in words."""
    points: tuple[TrendPoint, ...]
    previous: Performance | None
    bests: tuple[Best, ...]


class PersonalBest(Record, frozen=True, kw_only=True):
    """A record of one kind: what a camera has counted, apart from what was only told."""

    exercise: str
    name: str
    kind: BestKind
    verified: Best | None
    claimed: Best | None
    """Only where it is better than the verified one."""


class PersonalBests(Record, frozen=True, kw_only=True):
    """All records of a member, by exercise and kind."""

    bests: tuple[PersonalBest, ...]


class StreakFigures(Record, frozen=True, kw_only=True):
    """Days in a row; with planned days, rest days neither count nor break. Weeks count that have a workout."""

    current: Run | None
    longest: Run | None
    weeks: int
    """Weeks in a row with at least one workout, up to this or the last one."""
    planned_days: tuple[int, ...]
    trained_today: bool


class Stats(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Totals under the names that earlier clients know."""

    total_sessions: int
    total_reps: int
    average_accuracy: float | None
    """0 to 1; null without a session that has one."""
    total_duration: float
    """Seconds."""
