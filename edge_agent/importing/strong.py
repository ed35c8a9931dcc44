"""Strong's CSV: a row a set, with commas or semicolons. The unit stands in the header, in a column, or nowhere.

`Set Order` is a number, W (warm-up), D (drop set), F (to failure), "Rest Timer" or "Note".
"""

import re
from collections.abc import Iterator

from edge_agent.errors import PermanentError
from edge_agent.importing import quantities
from edge_agent.importing.gathering import GatheredWorkout, Gathering
from edge_agent.importing.tables import Row, Table
from edge_agent.importing.told import Item, Reading, Refused, ToldSet, WeightUnit, at_line
from edge_agent.phrase import Phrase

COLUMNS = frozenset({"exercise name", "set order"})
_WITH_UNIT = re.compile(r"(weight|distance|duration|workout duration)\s*[(\[]([a-z]+)\.?[)\]]")
_KINDS = {"d": "drop set", "f": "to failure"}


def read(table: Table, reading: Reading) -> Iterator[Item]:
    """Yield each workout of the file, and each row that is none of any."""
    layout = _Layout(table.columns)
    gathering = Gathering()
    rests: dict[tuple[str, str], float | None] = {}
    for row in table.rows():
        if isinstance(row, Refused):
            yield row
            continue
        try:
            workout = gathering.workout(row.line, row["date"], row["workout name"])
        except PermanentError as error:
            yield Refused(where=at_line(row.line), reason=error.phrase)
            break
        _head(workout, row, layout)
        try:
            _take(row, layout, workout, reading, rests)
        except PermanentError as error:
            workout.leave_out(row.line, error.phrase)
    yield from gathering.items(reading, "strong")


class _Layout:
    """Which columns bear which units."""

    def __init__(self, columns: list[str]) -> None:
        self._columns = {"weight": "weight", "distance": "distance", "duration": "duration"}
        self._units: dict[str, str] = {}
        for column in columns:
            if column == "workout duration":
                self._columns["duration"] = column
            elif match := _WITH_UNIT.fullmatch(column):
                name = match[1].removeprefix("workout ")
                self._columns[name], self._units[name] = column, match[2]

    def text(self, row: Row, name: str) -> str:
        return row[self._columns[name]]

    def weight_unit(self, row: Row) -> WeightUnit | None:
        return quantities.weight_unit(row["weight unit"] or self._units.get("weight", ""))

    def distance_unit(self, row: Row) -> str:
        return row["distance unit"] or self._units.get("distance", "")


def _head(workout: GatheredWorkout, row: Row, layout: _Layout) -> None:
    workout.notes = workout.notes or row["workout notes"]
    duration = layout.text(row, "duration")
    workout.duration_s = lambda: quantities.duration_s(duration)


def _take(
    row: Row,
    layout: _Layout,
    workout: GatheredWorkout,
    reading: Reading,
    rests: dict[tuple[str, str], float | None],
) -> None:
    order, exercise = row["set order"].casefold(), row["exercise name"] or "?"
    place = (workout.start, workout.title)
    if order == "rest timer" or exercise.casefold() == "rest timer":
        rests[place] = quantities.seconds(quantities.number(row["seconds"]))
    elif order == "note":
        workout.notes = "\n".join(one for one in (workout.notes, f"{exercise}: {row['notes']}") if one)
    elif order in ("w", *_KINDS) or order.isdecimal():
        workout.add(exercise, _set(row, layout, workout, reading, rests.pop(place, None)))
    else:
        raise PermanentError("set order {order!r} is not known", order=row["set order"][:40])


def _set(row: Row, layout: _Layout, workout: GatheredWorkout, reading: Reading, rest_s: float | None) -> ToldSet:
    order = row["set order"].casefold()
    reps = quantities.reps(quantities.number(row["reps"]))
    held = quantities.seconds(quantities.number(row["seconds"]))
    distance = quantities.number(layout.text(row, "distance"))
    if not reps and not held and not distance:
        raise PermanentError("a set without reps, time and distance")
    weight, unit = quantities.number(layout.text(row, "weight")), layout.weight_unit(row)
    if weight and unit is None:
        words = Phrase("the file names no unit, so weights are taken as {unit}", unit=reading.unit)
        if words not in workout.left_out:
            workout.left_out.append(words)
    notes = [_KINDS.get(order, ""), f"{distance:g} {layout.distance_unit(row)}".strip() if distance else ""]
    notes += [f"in {held:g} s" if reps and held else "", row["notes"]]
    return ToldSet(
        kind="warmup" if order == "w" else "working",
        reps=reps,
        weight_kg=quantities.weight_kg(weight, unit or reading.unit),
        rpe=quantities.rpe(quantities.number(row["rpe"])),
        hold_s=None if reps else held,
        rest_s=rest_s,
        notes="; ".join(one for one in notes if one),
    )
