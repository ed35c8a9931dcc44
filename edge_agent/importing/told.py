"""A workout as a file tells it, and the session made of it: what any format must bring, and the limits of all.

Ids follow from whose workout it is, the format, its start and its title, so that reading a file twice gives the same.
"""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal

from edge_agent.errors import PermanentError
from edge_agent.importing.names import Naming
from edge_agent.phrase import Phrase, joined
from edge_agent.records import ExerciseEntry, Record, Session, WorkoutSet

WeightUnit = Literal["kg", "lb"]

_IDS = uuid.UUID("6b0e2a3c-94f1-5d53-8f0e-2d2f6f7f9c41")
_KEPT = "kept"
"""In place of the format for workouts that bring an id of their own: the same one may come in several formats."""
_EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
_AHEAD = timedelta(days=1)
"""A clock may be wrong by a time zone; what is later than that has not happened."""
_MOST_SETS, _MOST_ENTRIES = 500, 100
_LONGEST_TITLE, _LONGEST_NOTES, _MOST_LEFT_OUT = 100, 2000, 20


class Reading(Record, frozen=True, kw_only=True):
    """Whose workouts a file tells, and how it is understood where it leaves something open."""

    user_id: str
    user_name: str
    device_id: str
    zone: tzinfo
    """Of times without offset."""
    now: datetime
    named: Naming
    unit: WeightUnit = "kg"
    """Of weights without unit."""
    trusted: bool = False
    """Whether our own export is believed as it stands, ids and what the camera counted included."""


class ToldSet(Record, frozen=True, kw_only=True):
    """One set."""

    kind: Literal["warmup", "working"] = "working"
    reps: int = 0
    partial_reps: int = 0
    weight_kg: float | None = None
    rpe: float | None = None
    hold_s: float | None = None
    rest_s: float | None = None
    notes: str = ""


class ToldWorkout(Record, frozen=True, kw_only=True):
    """One workout; `entries` are exercise names with their sets, `left_out` what of the file is not in here."""

    where: str
    start: datetime
    title: str = ""
    duration_s: float = 0.0
    entries: tuple[tuple[str, tuple[ToldSet, ...]], ...]
    notes: str = ""
    calories_kcal: float | None = None
    accuracy: float | None = None
    feedback_points: tuple[str, ...] = ()
    left_out: tuple[Phrase, ...] = ()
    identity: str = ""
    """What tells it from others that began with it, where the title does not."""


class Found(Record, frozen=True, kw_only=True):
    """A workout of a file."""

    where: str
    session: Session
    title: str = ""
    left_out: tuple[Phrase, ...] = ()
    original_id: str = ""
    """The id it had where it comes from, if that may have been here."""


class Refused(Record, frozen=True, kw_only=True):
    """A place of a file that gives no workout, and why."""

    where: str
    reason: Phrase
    title: str = ""


Item = Found | Refused


def at_line(number: int) -> Phrase:
    """Return the place in a file."""
    return Phrase("line {line}", line=number)


def left_out_at(number: int, reason: Phrase) -> Phrase:
    """Return what is said of a line that is left out of its workout."""
    return Phrase("line {line}: {reason}", line=number, reason=reason)


def session_id(reading: Reading, file_format: str, *parts: str) -> str:
    """Return the id of a member's workout that a format knows by these parts."""
    return _id(reading.user_id, file_format, *parts)


def kept_id(user_id: str, original_id: str) -> str:
    """Return the id of a member's workout that brings one of its own."""
    return _id(user_id, _KEPT, original_id)


def _id(*parts: str) -> str:
    return str(uuid.uuid5(_IDS, "\n".join(parts)))


def found(told: ToldWorkout, reading: Reading, file_format: str) -> Item:
    """Return the session, or why there can be none."""
    try:
        session = _session(told, reading, file_format)
    except PermanentError as error:
        return Refused(where=told.where, reason=error.phrase, title=_in_one_line(told.title))
    return Found(where=told.where, session=session, title=session.focus or "", left_out=_shortened(told.left_out))


def _session(told: ToldWorkout, reading: Reading, file_format: str) -> Session:
    check_start(told.start, reading.now)
    title = _in_one_line(told.title)
    start_time = told.start.isoformat(timespec="milliseconds")
    # A time without offset stays the same workout's when its member moves to another time zone.
    began = told.start.replace(tzinfo=None) if told.start.tzinfo is reading.zone else told.start.astimezone(UTC)
    return Session(
        session_id=session_id(reading, file_format, began.isoformat(), told.identity or title),
        user_id=reading.user_id,
        user_name=reading.user_name,
        device_id=reading.device_id,
        source="import",
        start_time=start_time,
        end_time=(told.start + timedelta(seconds=told.duration_s)).isoformat(timespec="milliseconds"),
        duration_s=round(told.duration_s, 3),
        exercises=tuple(_entries(told, reading, start_time)),
        calories_kcal=told.calories_kcal,
        accuracy=told.accuracy,
        feedback_points=tuple(point for one in told.feedback_points[:20] if (point := clean(one, 500))),
        notes=clean(told.notes, _LONGEST_NOTES) or None,
        focus=title or None,
    )


def check_start(start: datetime, now: datetime) -> None:
    """Raise `PermanentError` for a time that is none of a workout that was done."""
    if start > now + _AHEAD:
        raise PermanentError("{day} has not come yet", day=start.date())
    if start < _EARLIEST:
        raise PermanentError("{day} is too long ago", day=start.date())


def check_size(*, exercises: int = 0, sets: int = 0) -> None:
    """Raise `PermanentError` for more of them than a workout has."""
    if exercises > _MOST_ENTRIES or sets > _MOST_SETS:
        words = "more than {exercises} exercises or {sets} sets in one workout"
        raise PermanentError(words, exercises=_MOST_ENTRIES, sets=_MOST_SETS)


def _entries(told: ToldWorkout, reading: Reading, start_time: str) -> Iterable[ExerciseEntry]:
    entries = [one for one in told.entries if one[1]]
    if not entries:
        raise PermanentError(joined("; ", (Phrase("no set that can be kept"), *_shortened(told.left_out))))
    check_size(exercises=len(entries), sets=sum(len(sets) for _, sets in entries))
    for order, (name, sets) in enumerate(entries, 1):
        known = reading.named(_in_one_line(name) or "?")
        yield ExerciseEntry(
            order=order,
            exercise=known.key,
            name=known.name,
            muscles=known.muscles,
            sets=tuple(_set(number, one, start_time) for number, one in enumerate(sets, 1)),
        )


def _set(number: int, one: ToldSet, start_time: str) -> WorkoutSet:
    """When each set was done is not known, so all bear the workout's start."""
    return WorkoutSet(
        number=number,
        kind=one.kind,
        started_at=start_time,
        ended_at=start_time,
        reps_full=one.reps,
        reps_partial=one.partial_reps,
        weight_kg=one.weight_kg,
        rpe=one.rpe,
        rest_before_s=one.rest_s,
        notes=clean(one.notes, _LONGEST_NOTES) or None,
        hold_s=one.hold_s,
    )


def _in_one_line(text: str) -> str:
    return " ".join(clean(text, 1000).split())[:_LONGEST_TITLE].rstrip()


def clean(text: str, longest: int) -> str:
    """Return a text without control characters and lone surrogates, cut to a length."""
    plain = "".join(one if one.isprintable() or one == "\n" else " " for one in text)
    return plain.strip()[:longest].rstrip()


def _shortened(left_out: tuple[Phrase, ...]) -> tuple[Phrase, ...]:
    few = tuple(dict.fromkeys(Phrase.of(one).with_texts(lambda text: clean(text, 300)) for one in left_out))
    more = len(few) - _MOST_LEFT_OUT
    return (*few[:_MOST_LEFT_OUT], Phrase("and {more} more", more=more)) if more > 0 else few
