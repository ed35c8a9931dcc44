"""Lists of workouts as earlier trainers kept them in `sessions.json`: one exercise each, with start, end and reps.

The names of the fields are taken in many spellings; an entry may hold `exercises` or `sets` of its own.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from edge_agent.errors import PermanentError
from edge_agent.importing import quantities
from edge_agent.importing.objects import Fields, read_each
from edge_agent.importing.told import Item, Reading, ToldSet, ToldWorkout, check_size
from edge_agent.phrase import Phrase

_START = ("starttime", "start", "startedat", "starttimestamp", "timestamp", "date", "createdat")
_END = ("endtime", "end", "endedat", "endtimestamp")
_NAME = ("exercise", "exercisename", "exercisetype", "name", "type")
_REPS = ("reps", "totalreps", "repcount", "repetitions", "count")
_KNOWN_SOURCES = frozenset({"", "import", "camera", "cv", "manual"})


def read(value: Any, reading: Reading) -> Iterator[Item]:
    """Yield each workout of a decoded file, and each entry that is none."""
    yield from read_each(value, reading, "sessions_json", _workout)


def _workout(where: str, fields: Fields, reading: Reading) -> ToldWorkout:
    start = fields.moment(reading.zone, *_START)
    if start is None:
        raise PermanentError("no start time")
    left_out: list[Phrase] = []
    duration_s = _duration(fields, reading, left_out)
    entries = _entries(fields, duration_s, left_out)
    calories = fields.number("calories", "caloriesburned", "calorieskcal", "kcal")
    if calories is not None and not 0 <= calories <= 20_000:
        left_out.append(Phrase("{calories:g} kcal", calories=calories))
        calories = None
    # Entries without title or id are told apart by what they say; most began at another second anyway.
    identity = fields.text("id", "sessionid") or " ".join(
        f"{name}:{','.join(f'{one.reps}x{one.weight_kg}' for one in sets)}" for name, sets in entries
    )
    return ToldWorkout(
        where=where,
        start=start,
        title=fields.text("title", "workoutname"),
        duration_s=duration_s,
        entries=entries,
        notes=_notes(fields),
        calories_kcal=calories,
        accuracy=_share(fields, left_out),
        left_out=tuple(left_out),
        identity=identity,
    )


def _duration(fields: Fields, reading: Reading, left_out: list[Phrase]) -> float:
    try:
        duration = fields.seconds("duration", "durations", "durationseconds", "totalduration")
        minutes = fields.number("durationminutes", "durationmin")
        duration = minutes * 60 if duration is None and minutes is not None else duration
        end, start = fields.moment(reading.zone, *_END), fields.moment(reading.zone, *_START)
        if duration is None and end and start:
            duration = max(timedelta(), end - start).total_seconds()
        return quantities.seconds(duration) or 0.0
    except PermanentError as error:
        left_out.append(Phrase("duration: {reason}", reason=error.phrase))
        return 0.0


def _entries(fields: Fields, duration_s: float, left_out: list[Phrase]) -> tuple[tuple[str, tuple[ToldSet, ...]], ...]:
    inner = fields.any("exercises")
    if isinstance(inner, list | dict):
        check_size(exercises=len(inner))
    if isinstance(inner, list):
        return tuple(_entry(Fields(one), 0.0, left_out) for one in inner)
    if isinstance(inner, dict):
        return tuple((str(name), (ToldSet(reps=quantities.reps(_reps(count))),)) for name, count in inner.items())
    return (_entry(fields, duration_s, left_out),)


def _reps(count: Any) -> float | None:
    return Fields({"reps": count} if not isinstance(count, dict) else count).number(*_REPS)


def _entry(fields: Fields, duration_s: float, left_out: list[Phrase]) -> tuple[str, tuple[ToldSet, ...]]:
    name = fields.text(*_NAME)
    if not name:
        raise PermanentError("no exercise")
    inner = fields.any("sets")
    check_size(sets=len(inner) if isinstance(inner, list) else 1)  # what is wrong with each takes much memory to tell
    rows = [Fields(one) for one in inner] if isinstance(inner, list) else [fields]
    sets = []
    for number, row in enumerate(rows, 1):
        try:
            sets.append(_set(row, 0.0 if isinstance(inner, list) else duration_s))
        except PermanentError as error:
            words = "{exercise}, set {number}: {reason}"
            left_out.append(Phrase(words, exercise=name[:60], number=number, reason=error.phrase))
    return name, tuple(sets)


def _set(row: Fields, duration_s: float) -> ToldSet:
    reps = quantities.reps(row.number(*_REPS))
    weight = row.number("weightkg", "weight")
    held = row.seconds("holds", "holdseconds", "seconds") or (None if reps else duration_s or None)
    if not reps and not held:
        raise PermanentError("neither reps nor time")
    return ToldSet(
        reps=reps,
        weight_kg=quantities.weight_kg(weight, "kg"),
        rpe=quantities.rpe(row.number("rpe")),
        hold_s=None if reps else held,
    )


def _notes(fields: Fields) -> str:
    source = fields.text("source")
    from_elsewhere = f"source: {source}" if source.casefold() not in _KNOWN_SOURCES else ""
    return "\n".join(one for one in (fields.text("notes", "note", "comment"), from_elsewhere) if one)


def _share(fields: Fields, left_out: list[Phrase]) -> float | None:
    """Return accuracy as 0..1, also of per cent."""
    try:
        share = fields.number("accuracy", "score")
    except PermanentError as error:
        left_out.append(Phrase("accuracy: {reason}", reason=error.phrase))
        return None
    if share is None or 0 <= share <= 1:
        return share
    if share <= 100 and share > 1:
        return share / 100
    left_out.append(Phrase("accuracy {share:g}", share=share))
    return None
