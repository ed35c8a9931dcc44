"""What a member says about a workout: corrections of one, or a whole one that no camera saw. Limits are checked."""

from typing import Annotated, Literal

import msgspec

from edge_agent.records import Record

_Notes = Annotated[str, msgspec.Meta(max_length=2000)]
_Kg = Annotated[float, msgspec.Meta(ge=0, le=1000)]
_Rpe = Annotated[float, msgspec.Meta(ge=1, le=10)]
_Reps = Annotated[int, msgspec.Meta(ge=0, le=1000)]
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"[^\s\x00-\x1f\x7f]")]
"""With something in it that can be seen."""


class SetEdit(Record, frozen=True, kw_only=True, omit_defaults=True):
    """Changes of one set; what is left out stays, null empties it."""

    exercise: Annotated[int, msgspec.Meta(ge=1)]
    """The entry's `order`."""
    number: Annotated[int, msgspec.Meta(ge=1)]
    """Of the set within the entry."""
    reps_full: _Reps | msgspec.UnsetType = msgspec.UNSET
    weight_kg: _Kg | msgspec.UnsetType | None = msgspec.UNSET
    rpe: _Rpe | msgspec.UnsetType | None = msgspec.UNSET
    kind: Literal["warmup", "working"] | msgspec.UnsetType = msgspec.UNSET
    notes: _Notes | msgspec.UnsetType | None = msgspec.UNSET


class EntryEdit(Record, frozen=True, kw_only=True):
    """Another exercise for one entry, by key or name."""

    order: Annotated[int, msgspec.Meta(ge=1)]
    exercise: _Name


class WorkoutEdit(Record, frozen=True, kw_only=True, omit_defaults=True):
    """Corrections of a workout. What was measured is kept beside them."""

    notes: _Notes | msgspec.UnsetType | None = msgspec.UNSET
    focus: _Name | msgspec.UnsetType | None = msgspec.UNSET
    exercises: Annotated[tuple[EntryEdit, ...], msgspec.Meta(max_length=100)] = ()
    sets: Annotated[tuple[SetEdit, ...], msgspec.Meta(max_length=500)] = ()
    if_rev: str | None = None
    """The version that was looked at; another one that is newer meanwhile refuses the edit."""


class PastSet(Record, frozen=True, kw_only=True):
    """A set as somebody remembers it; `reps_full` is 0 for one that was held."""

    kind: Literal["warmup", "working"] = "working"
    reps_full: _Reps = 0
    reps_partial: _Reps = 0
    hold_s: Annotated[float, msgspec.Meta(gt=0, le=36000)] | None = None
    weight_kg: _Kg | None = None
    rpe: _Rpe | None = None
    notes: _Notes | None = None


class PastEntry(Record, frozen=True, kw_only=True):
    """The sets of one exercise, by key or name."""

    exercise: _Name
    sets: Annotated[tuple[PastSet, ...], msgspec.Meta(min_length=1, max_length=50)]


class PastWorkout(Record, frozen=True, kw_only=True):
    """A workout that no camera saw. `start_time` without offset is in the member's time zone."""

    start_time: Annotated[str, msgspec.Meta(min_length=10, max_length=40)]
    duration_s: Annotated[float, msgspec.Meta(ge=0, le=86400)] = 0.0
    exercises: Annotated[tuple[PastEntry, ...], msgspec.Meta(min_length=1, max_length=50)]
    notes: _Notes | None = None
    focus: _Name | None = None
