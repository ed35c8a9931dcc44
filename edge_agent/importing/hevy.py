"""Hevy's CSV: a row a set. The unit stands in the header, the date has its month in the account's language."""

from collections.abc import Iterator

from edge_agent.errors import PermanentError
from edge_agent.importing import quantities
from edge_agent.importing.gathering import GatheredWorkout, Gathering
from edge_agent.importing.moments import moment
from edge_agent.importing.tables import Row, Table
from edge_agent.importing.told import Item, Reading, Refused, ToldSet, WeightUnit, at_line

COLUMNS = frozenset({"start_time", "exercise_title"})
_WEIGHTS: dict[str, WeightUnit] = {"weight_kg": "kg", "weight_lbs": "lb", "weight_lb": "lb"}
_DISTANCES = {"distance_km": "km", "distance_miles": "miles", "distance_meters": "m"}
_KINDS = {"dropset": "drop set", "drop_set": "drop set", "failure": "to failure"}
_PLAIN_KINDS = frozenset({"", "normal", "warmup"})


def read(table: Table, reading: Reading) -> Iterator[Item]:
    """Yield each workout of the file, and each row that is none of any."""
    units = _Units(table.columns, reading.unit)
    gathering = Gathering()
    for row in table.rows():
        if isinstance(row, Refused):
            yield row
            continue
        try:
            workout = gathering.workout(row.line, row["start_time"], row["title"])
        except PermanentError as error:
            yield Refused(where=at_line(row.line), reason=error.phrase)
            break
        _head(workout, row, reading)
        try:
            workout.add(row["exercise_title"] or "?", _set(row, units, workout))
        except PermanentError as error:
            workout.leave_out(row.line, error.phrase)
    yield from gathering.items(reading, "hevy")


class _Units:
    """The columns of weight and distance with their units. Without one, weights are in the member's own unit."""

    def __init__(self, columns: list[str], own_unit: WeightUnit) -> None:
        self.weight = next((one for one in _WEIGHTS if one in columns), "weight")
        self.unit = _WEIGHTS.get(self.weight, own_unit)
        self.distance = next((one for one in _DISTANCES if one in columns), "distance")
        self.distance_unit = _DISTANCES.get(self.distance, "")
        self.last_note: tuple[str, str, str] | None = None


def _head(workout: GatheredWorkout, row: Row, reading: Reading) -> None:
    workout.notes = workout.notes or row["description"]
    end = row["end_time"]

    def duration_s() -> float:
        if not end:
            return 0.0
        lasted = (moment(end, reading.zone) - moment(workout.start, reading.zone)).total_seconds()
        if lasted < 0:
            raise PermanentError("end_time {end!r} is before the start; the duration is left out", end=end)
        return quantities.seconds(lasted) or 0.0

    workout.duration_s = duration_s


def _set(row: Row, units: _Units, workout: GatheredWorkout) -> ToldSet:
    reps = quantities.reps(quantities.number(row["reps"]))
    held = quantities.seconds(quantities.number(row["duration_seconds"]))
    distance = quantities.number(row[units.distance])
    if not reps and not held and not distance:
        raise PermanentError("a set without reps, time and distance")
    kind = row["set_type"].casefold()
    notes = [_KINDS.get(kind, "" if kind in _PLAIN_KINDS else kind)]
    if distance:
        notes.append(f"{distance:g} {units.distance_unit}".strip())
    if reps and held:
        notes.append(f"in {held:g} s")
    notes += _notes_of_exercise(row, units, workout)
    return ToldSet(
        kind="warmup" if kind == "warmup" else "working",
        reps=reps,
        weight_kg=quantities.weight_kg(quantities.number(row[units.weight]), units.unit),
        rpe=quantities.rpe(quantities.number(row["rpe"])),
        hold_s=None if reps else held,
        notes="; ".join(one for one in notes if one),
    )


def _notes_of_exercise(row: Row, units: _Units, workout: GatheredWorkout) -> list[str]:
    """Return what is said about an exercise as a whole, for the first of its sets only."""
    this = (workout.start, workout.title, row["exercise_title"])
    if units.last_note == this:
        return []
    units.last_note = this
    superset = row["superset_id"]
    return [row["exercise_notes"], f"superset {superset}" if superset else ""]
