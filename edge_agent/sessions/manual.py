"""A session that a member tells instead of showing it: what they may type, and the session made of it. Pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from edge_agent.coaching.exercise import Exercise
from edge_agent.errors import PermanentError
from edge_agent.records import ExerciseEntry, Record, Session, WorkoutSet

_NUMBER = r"(\d{1,4}(?:[.,]\d{1,3})?)"
_MOST_REPS, _MOST_KG, _MOST_REST_MINUTES, _MOST_HELD_MINUTES = 1000, 1000, 600, 60
_ASSESSMENTS: dict[str, Literal["bad", "good", "perfect"]] = {"bad": "bad", "good": "good", "perfect": "perfect"}


SetKind = Literal["warmup", "working"]


class ManualFacts(Record, frozen=True, kw_only=True):
    """What is known about the workout as a whole; `start` carries its offset."""

    session_id: str
    user_id: str
    user_name: str
    device_id: str
    start: datetime
    duration_s: float
    clock_certain: bool
    boot_id: str
    phase: int | None = None
    week: int | None = None
    is_deload_week: bool | None = None
    focus: str | None = None
    notes: str | None = None


class ManualSet(Record, frozen=True, kw_only=True):
    """One set as it was told."""

    kind: SetKind
    reps_full: int = 0
    reps_partial: int = 0
    hold_s: float | None = None
    """Seconds, of what is held instead of repeated."""
    weight_kg: float | None = None
    rpe: float | None = None
    rep_assessment: Literal["bad", "good", "perfect"] | None = None
    rest_before_s: float | None = None
    notes: str | None = None


class NamedExercise(Record, frozen=True, kw_only=True):
    """An exercise by its key and the name to show."""

    key: str
    name: str
    muscles: tuple[str, ...] = ()
    held: bool = False
    """Whether it is told in seconds."""


def named_exercise(name: str, exercises: Mapping[str, Exercise]) -> NamedExercise:
    """Return the known exercise of that name or key, or a new one whose key is the name's words in lower case.

    The same name gives the same key however it is spaced or capitalised.
    """
    name = " ".join(name.split())
    key = re.sub(r"\W+", "_", name.casefold()).strip("_") or "exercise"
    for known in exercises.values():
        if key in (known.key, re.sub(r"\W+", "_", known.name.casefold())):
            return NamedExercise(key=known.key, name=known.name, muscles=known.muscles, held=known.hold is not None)
    return NamedExercise(key=key, name=name)


def manual_session(facts: ManualFacts, entries: Sequence[tuple[NamedExercise, Sequence[ManualSet]]]) -> Session:
    """Return the session. When each set was done is not known, so all begin with the session."""
    start_time = facts.start.isoformat(timespec="milliseconds")
    return Session(
        session_id=facts.session_id,
        user_id=facts.user_id,
        user_name=facts.user_name,
        device_id=facts.device_id,
        source="manual",
        start_time=start_time,
        end_time=(facts.start + timedelta(seconds=facts.duration_s)).isoformat(timespec="milliseconds"),
        duration_s=facts.duration_s,
        exercises=tuple(
            _entry(order, exercise, sets, facts.start) for order, (exercise, sets) in enumerate(entries, 1)
        ),
        phase=facts.phase,
        week=facts.week,
        is_deload_week=facts.is_deload_week,
        focus=facts.focus,
        notes=facts.notes,
        clock_certain=facts.clock_certain,
        boot_id=facts.boot_id,
    )


def _entry(order: int, exercise: NamedExercise, sets: Sequence[ManualSet], start: datetime) -> ExerciseEntry:
    return ExerciseEntry(
        order=order,
        exercise=exercise.key,
        name=exercise.name,
        muscles=exercise.muscles,
        sets=tuple(
            WorkoutSet(
                number=number,
                kind=one.kind,
                started_at=start.isoformat(timespec="milliseconds"),
                ended_at=(start + timedelta(seconds=one.hold_s or 0.0)).isoformat(timespec="milliseconds"),
                reps_full=one.reps_full,
                reps_partial=one.reps_partial,
                hold_s=one.hold_s,
                weight_kg=one.weight_kg,
                rpe=one.rpe,
                rep_assessment=one.rep_assessment,
                rest_before_s=one.rest_before_s,
                notes=one.notes,
            )
            for number, one in enumerate(sets, 1)
        ),
    )


# What may be typed. Each raises `PermanentError` with a sentence that says what is expected.


def parse_done(text: str, kind: SetKind, *, held: bool) -> ManualSet:
    """Return a set of so many reps, or one that was held for so long."""
    if held:
        return ManualSet(kind=kind, hold_s=parse_hold_s(text))
    full, partial = (parse_full_reps(text), 0) if kind == "warmup" else parse_reps(text)
    return ManualSet(kind=kind, reps_full=full, reps_partial=partial)


def parse_reps(text: str) -> tuple[int, int]:
    """Return full and partial reps of `5` or `5+1`."""
    match = re.fullmatch(r"(\d{1,4})(?:\s*\+\s*(\d{1,4}))?", text)
    full, partial = (int(match[1]), int(match[2] or 0)) if match else (0, 0)
    if not 0 < full + partial <= _MOST_REPS:
        raise PermanentError(
            "{text!r} is not a number of reps; type one such as 5, or 5+1 for one partial rep more", text=text
        )
    return full, partial


def parse_full_reps(text: str) -> int:
    """Return the reps of a warm-up set, for which only full ones are kept."""
    full, partial = parse_reps(text)
    if partial:
        raise PermanentError("a warm-up set has only full reps; type a number such as 5")
    return full


def parse_weight_kg(text: str) -> float:
    """Return kilograms of `80`, `82.5`, `82,5` or `80 kg`."""
    match = re.fullmatch(_NUMBER + r"\s*(?:kg)?", text.casefold())
    if match is None or _number(match[1]) > _MOST_KG:
        raise PermanentError(
            "{text!r} is not a weight in kilograms; type one such as 82.5, at most {most_kg}",
            text=text,
            most_kg=_MOST_KG,
        )
    return _number(match[1])


def parse_rpe(text: str) -> float:
    """Return the rating of perceived exertion, 1 to 10 in halves."""
    match = re.fullmatch(_NUMBER, text)
    rpe = _number(match[1]) if match else 0.0
    if not 1 <= rpe <= 10 or rpe * 2 % 1:
        raise PermanentError("{text!r} is not an RPE; type a number from 1 (very easy) to 10 (nothing left)", text=text)
    return rpe


def parse_assessment(text: str) -> Literal["bad", "good", "perfect"]:
    """Return how the reps felt."""
    found = [value for word, value in _ASSESSMENTS.items() if word.startswith(text.casefold())]
    if len(found) != 1:
        raise PermanentError("{text!r} is none of bad, good, perfect; type one of them or its first letter", text=text)
    return found[0]


def parse_hold_s(text: str) -> float:
    """Return the seconds of `45`, `45 s`, `1:30` or `1.5 min`."""
    hold_s = _seconds(text, bare_unit_s=1)
    if hold_s is None or not 0 < hold_s <= _MOST_HELD_MINUTES * 60:
        raise PermanentError(
            "{text!r} is not how long it was held; type seconds such as 45, or 1:30, or 1.5 min", text=text
        )
    return hold_s


def parse_rest_s(text: str) -> float:
    """Return the seconds of `1.5` (minutes), `1:30` or `90 s`."""
    rest_s = _seconds(text, bare_unit_s=60)
    if rest_s is None or rest_s > _MOST_REST_MINUTES * 60:
        raise PermanentError("{text!r} is not a rest; type minutes such as 1.5, or 1:30, or 90 s", text=text)
    return rest_s


def _seconds(text: str, *, bare_unit_s: int) -> float | None:
    """Return how long that is, or None; a number without a unit counts in `bare_unit_s`."""
    if match := re.fullmatch(r"(\d{1,3}):([0-5]\d)", text):
        return int(match[1]) * 60.0 + int(match[2])
    if match := re.fullmatch(_NUMBER + r"\s*(s|sec|m|min)?", text.casefold()):
        unit_s = bare_unit_s if not match[2] else 1 if match[2].startswith("s") else 60
        return _number(match[1]) * unit_s
    return None


def _number(text: str) -> float:
    return float(text.replace(",", "."))
