"""The figures of a history, the same from a kiosk's journal and from any cloud database.

Days are calendar days where the session began, by the offset in its `start_time`; weeks begin on Monday. Dates are
ISO 8601 texts.
"""

from typing import Literal

from edge_agent.records import Record

BestKind = Literal["weight", "one_rep_max", "reps", "hold"]
BEST_KINDS: tuple[BestKind, ...] = ("weight", "one_rep_max", "reps", "hold")

SMALLEST_GROUP = 5
"""Fewer members than this make no figure of a group (k of k-anonymity)."""


class Totals(Record, frozen=True, kw_only=True):
    """What sessions add up to."""

    sessions: int = 0
    reps: int = 0
    """Full ones, of warm-up sets too."""
    duration_s: float = 0.0
    calories_kcal: float = 0.0
    """Of the sessions that say."""
    accuracy: float | None = None
    """Mean over the sessions that have one, each counting alike, 0..1."""


class PeriodTotals(Record, frozen=True, kw_only=True):
    """Totals of the week or month that begins on a day."""

    start: str
    totals: Totals


class Run(Record, frozen=True, kw_only=True):
    """Consecutive days with a session on each."""

    first: str
    last: str
    days: int


class Streaks(Record, frozen=True, kw_only=True):
    """The run that reaches today or yesterday, and the longest; of equally long ones the latest."""

    current: Run | None = None
    longest: Run | None = None


class Best(Record, frozen=True, kw_only=True):
    """A personal record and the set that made it.

    `value` is in kg for `weight` and `one_rep_max` (Epley's estimate), full reps for `reps`, seconds held for `hold`.
    """

    exercise: str
    kind: BestKind
    verified: bool
    """Whether a camera counted these reps of this exercise; else it is what the member says."""
    value: float
    reps: int
    weight_kg: float | None
    session_id: str
    day: str


class Trend(Record, frozen=True, kw_only=True):
    """The working sets of one exercise in the week that begins on Monday `week`."""

    exercise: str
    week: str
    sets: int
    reps: int
    best_weight_kg: float | None
    best_one_rep_max_kg: float | None
    volume_kg: float
    """Weight times full reps, added up."""
    hold_s: float
    """Seconds held."""


class MemberFigures(Record, frozen=True, kw_only=True):
    """All figures of one member; periods and weeks oldest first, those without a session left out."""

    totals: Totals
    weeks: tuple[PeriodTotals, ...]
    months: tuple[PeriodTotals, ...]
    streaks: Streaks
    bests: tuple[Best, ...]
    trends: tuple[Trend, ...]


class GymMonth(Record, frozen=True, kw_only=True):
    """What the members of a gym did in a calendar month (`2026-02`)."""

    gym: str
    """Empty for kiosks that belong to none."""
    month: str
    members: int
    sessions: int
    duration_s: float
    accuracy: float | None


class GymExercise(Record, frozen=True, kw_only=True):
    """The working sets of one exercise in a gym and calendar month."""

    gym: str
    month: str
    exercise: str
    members: int
    sets: int
    reps: int


class PopulationFigures(Record, frozen=True, kw_only=True):
    """Groups of at least `SMALLEST_GROUP` members; what is smaller is left out.

    The groups of each table are disjoint, no figure of one table is a sum over the other, and periods are whole
    calendar months that are over.
    """

    months: tuple[GymMonth, ...]
    exercises: tuple[GymExercise, ...]
