"""Single workouts: reading, correcting, adding, deleting and claiming them."""

from typing import Annotated, Literal, Protocol

import msgspec

from edge_agent.records import Record, Session, Whereabouts

_Notes = Annotated[str, msgspec.Meta(max_length=2000)]
_Kg = Annotated[float, msgspec.Meta(ge=0, le=1000)]
_Rpe = Annotated[float, msgspec.Meta(ge=1, le=10)]
_Reps = Annotated[int, msgspec.Meta(ge=0, le=1000)]
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


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


class Workouts(Protocol):
    """Unknown ids raise `errors.PermanentError`; an edit of what has changed meanwhile raises `ConflictError`."""

    async def session(self, session_id: str) -> Session: ...

    async def whereabouts(self, session_id: str) -> Whereabouts: ...

    async def edit(self, session_id: str, edit: WorkoutEdit) -> Session:
        """Correct a workout and return it once the new version is saved."""
        ...

    async def add(self, user_id: str, past: PastWorkout, session_id: str | None = None) -> Session:
        """Keep a workout told by its member; the same `session_id` a second time changes nothing."""
        ...

    async def delete(self, session_id: str) -> None:
        """Take a workout out of all lists at once; it is deleted for good when nobody restores it within 10 minutes."""
        ...

    async def deleted(self, session_id: str) -> Session:
        """Return a workout whose deletion can still be taken back; `session` does not know it any more."""
        ...

    async def restore(self, session_id: str) -> Session:
        """Take back a deletion."""
        ...

    async def claimable(self) -> tuple[Session, ...]:
        """Return unnamed workouts that ended within 15 minutes, newest first."""
        ...

    async def claim(self, session_id: str, user_id: str) -> Session:
        """Put an unnamed workout of the last 15 minutes under a member's name."""
        ...
