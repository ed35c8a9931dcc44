"""Rows of sets put together to workouts: rows with the same start and title are one, wherever they stand in a file.

The start counts with its time of day: many people train twice a day.
"""

from collections.abc import Callable, Iterator

from edge_agent.errors import PermanentError
from edge_agent.importing.moments import moment
from edge_agent.importing.told import Item, Reading, Refused, ToldSet, ToldWorkout, at_line, found, left_out_at
from edge_agent.phrase import Phrase

_MOST_WORKOUTS = 20_000


class GatheredWorkout:
    """A workout as its rows come in."""

    def __init__(self, line: int, start: str, title: str) -> None:
        self.line = line
        self.start = start
        self.title = title
        self.notes = ""
        self.duration_s: Callable[[], float] = lambda: 0.0
        self.left_out: list[Phrase] = []
        self._entries: list[tuple[str, list[ToldSet]]] = []

    def add(self, exercise: str, one: ToldSet) -> None:
        """Add a set; sets of the same exercise in a row are one entry."""
        if not self._entries or self._entries[-1][0] != exercise:
            self._entries.append((exercise, []))
        self._entries[-1][1].append(one)

    def leave_out(self, line: int, reason: Phrase) -> None:
        self.left_out.append(left_out_at(line, reason))

    def told(self, reading: Reading) -> ToldWorkout:
        """Raises `PermanentError` when the start is none."""
        start = moment(self.start, reading.zone)
        try:
            duration_s = self.duration_s()
        except PermanentError as error:
            self.leave_out(self.line, error.phrase)
            duration_s = 0.0
        return ToldWorkout(
            where=at_line(self.line),
            start=start,
            title=self.title,
            duration_s=duration_s,
            entries=tuple((name, tuple(sets)) for name, sets in self._entries),
            notes=self.notes,
            left_out=tuple(self.left_out),
        )


class Gathering:
    """The workouts of a file in the order in which they begin there."""

    def __init__(self) -> None:
        self._workouts: dict[tuple[str, str], GatheredWorkout] = {}

    def workout(self, line: int, start: str, title: str) -> GatheredWorkout:
        """Return the workout that a row belongs to. Raises `PermanentError` for one too many."""
        key = (start, title)
        if key not in self._workouts:
            if len(self._workouts) >= _MOST_WORKOUTS:
                raise PermanentError("only the first {most} workouts of a file are read", most=_MOST_WORKOUTS)
            self._workouts[key] = GatheredWorkout(line, start, title)
        return self._workouts[key]

    def items(self, reading: Reading, file_format: str) -> Iterator[Item]:
        for one in self._workouts.values():
            try:
                told = one.told(reading)
            except PermanentError as error:
                yield Refused(where=at_line(one.line), reason=error.phrase, title=one.title[:100])
            else:
                yield found(told, reading, file_format)
