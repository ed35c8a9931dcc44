"""A set as it grows; times are on the camera's clock until it is told as a record."""

from dataclasses import dataclass, field
from typing import Self

import msgspec

from edge_agent.coaching.exercise import Exercise
from edge_agent.records import ExerciseEntry, Rep, WorkoutSet
from edge_agent.sessions.facts import Moment
from edge_agent.sessions.held import Held


@dataclass
class GrowingSet:
    """The reps and holds of one set of an exercise."""

    exercise: Exercise
    start_s: float
    rest_before_s: float | None
    reps: list[Rep] = field(default_factory=list)
    held: Held = field(default_factory=Held)
    held_until_s: float = float("-inf")
    end_s: float | None = None
    """When it ended; None while it runs."""

    @classmethod
    def resumed(cls, left: WorkoutSet, exercise: Exercise, start: Moment) -> Self:
        """Turn a set that was left behind into what it was made of; `start` is that of its session.

        One that is marked as interrupted is running again.
        """
        reps = [
            msgspec.structs.replace(rep, start_s=rep.start_s + start.time_s, end_s=rep.end_s + start.time_s)
            for rep in left.reps
        ]
        begin_s = reps[0].start_s if reps else start.time_of(left.started_at)
        growing = cls(exercise, begin_s, left.rest_before_s, reps)
        if left.hold_s is not None:
            growing.held, growing.held_until_s = Held(left.hold_s, left.hold_faults), start.time_of(left.ended_at)
        growing.end_s = None if left.interrupted else growing.last_s
        return growing

    @property
    def last_s(self) -> float:
        """When the last rep or hold ended."""
        return max(self.reps[-1].end_s if self.reps else self.start_s, self.held_until_s)

    def add(self, rep: Rep) -> None:
        """Credit a rep, under its number within the set."""
        self.reps.append(msgspec.structs.replace(rep, number=len(self.reps) + 1))

    def entry(self, order: int, told: WorkoutSet) -> ExerciseEntry:
        """Return the entry of its exercise that begins with this set."""
        return ExerciseEntry(
            order=order,
            exercise=self.exercise.key,
            name=self.exercise.name,
            muscles=self.exercise.muscles,
            sets=(told,),
        )

    def told(self, number: int, start: Moment, *, interrupted: bool) -> WorkoutSet:
        """Return the set as it is now; its reps are timed from `start`, which is that of the session."""
        full = sum(rep.full for rep in self.reps)
        return WorkoutSet(
            number=number,
            started_at=start.stamp(self.start_s),
            ended_at=start.stamp(self.last_s),
            reps_full=full,
            reps_partial=len(self.reps) - full,
            rest_before_s=None if self.rest_before_s is None else round(self.rest_before_s, 2),
            interrupted=interrupted,
            reps=tuple(_timed_from(start.time_s, rep) for rep in self.reps),
            hold_s=round(self.held.seconds, 1) if self.held.seconds else None,
            hold_faults=self.held.faults,
        )


def _timed_from(start_s: float, rep: Rep) -> Rep:
    return msgspec.structs.replace(rep, start_s=round(rep.start_s - start_s, 3), end_s=round(rep.end_s - start_s, 3))
