"""A session as it grows: reps and holds become sets, sets become exercise entries, and silence ends them.

A set begins with its first credited rep or hold and ends after a while without one; a session begins with its first
set and ends when nobody has been in the picture for a while. Intervals come from the camera's monotonic clock; the
wall clock only dates the start.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Self

import msgspec

from edge_agent.coaching.counting import Progress
from edge_agent.coaching.exercise import Exercise
from edge_agent.records import ExerciseEntry, Fault, Record, Rep, Session, WorkoutSet
from edge_agent.sessions.calories import session_kcal
from edge_agent.sessions.feedback import feedback_points
from edge_agent.sessions.held import Held

_RESTING_PHASE = 0.3


def is_moving(progress: Progress) -> bool:
    """Whether somebody is in the middle of a rep."""
    return progress.present and (progress.phase or 0.0) > _RESTING_PHASE


class Moment(Record, frozen=True, kw_only=True):
    """Now, on the camera's monotonic clock and on the wall; `wall` carries its offset."""

    time_s: float
    wall: datetime

    def at(self, time_s: float) -> "Moment":
        """Return another moment of the same two clocks."""
        # In UTC: adding seconds to a time in a zone ignores what the zone's clocks are turned meanwhile.
        wall = self.wall.astimezone(UTC) + timedelta(seconds=time_s - self.time_s)
        return Moment(time_s=time_s, wall=wall.astimezone(self.wall.tzinfo))


class SessionFacts(Record, frozen=True, kw_only=True):
    """What is known about a session before its first rep."""

    session_id: str
    user_id: str
    user_name: str
    device_id: str
    body_weight_kg: float
    boot_id: str
    clock_certain: bool


class SessionRules(Record, frozen=True, kw_only=True):
    """When silence ends a set and absence ends a session, in seconds."""

    set_end_after_s: float
    session_end_after_s: float


class SessionMark(Record, frozen=True, kw_only=True):
    """How far a session has come; what is kept of it is up to date while its mark is the same."""

    session_id: str
    sets: int
    resting: bool
    reps: int
    hold_s: int

    def is_other_set(self, kept: "SessionMark") -> bool:
        """Whether a set has begun or ended since, or this is another session."""
        return (self.session_id, self.sets, self.resting) != (kept.session_id, kept.sets, kept.resting)


@dataclass
class _GrowingSet:
    exercise: Exercise
    start_s: float
    rest_before_s: float | None
    reps: list[Rep] = field(default_factory=list)
    held: Held = field(default_factory=Held)
    held_until_s: float = float("-inf")
    end_s: float | None = None
    """When it ended; None while it runs."""

    @property
    def last_s(self) -> float:
        """When the last rep or hold ended."""
        return max(self.reps[-1].end_s if self.reps else self.start_s, self.held_until_s)


class SessionBuilder:
    """One session from its first rep to its end."""

    def __init__(self, facts: SessionFacts, rules: SessionRules, start: Moment) -> None:
        self._facts = facts
        self._rules = rules
        self._start = start
        self._last_present_s = self._heard_s = start.time_s
        self._sets: list[_GrowingSet] = []

    @classmethod
    def resumed(
        cls,
        left: Session,
        exercises: Mapping[str, Exercise],
        rules: SessionRules,
        body_weight_kg: float,
        start_s: float,
        now_s: float,
    ) -> Self:
        """Go on with a session that was left behind; a last set that is marked as interrupted is running again.

        `start_s` is when the session began, on the clock of `now_s`. Its exercises must be among `exercises`.
        """
        facts = SessionFacts(
            session_id=left.session_id,
            user_id=left.user_id,
            user_name=left.user_name,
            device_id=left.device_id,
            body_weight_kg=body_weight_kg,
            boot_id=left.boot_id,
            clock_certain=left.clock_certain,
        )
        builder = cls(facts, rules, Moment(time_s=start_s, wall=datetime.fromisoformat(left.start_time)))
        for entry in left.exercises:
            builder._sets += [builder._grown(one, exercises[entry.exercise]) for one in entry.sets]
        builder.go_on(now_s)
        return builder

    def go_on(self, time_s: float) -> None:
        """Count silence and absence from now on: nobody could be seen until now."""
        self._last_present_s = self._heard_s = time_s

    @property
    def start_s(self) -> float:
        """When the session began, on the camera's clock."""
        return self._start.time_s

    @property
    def exercise(self) -> Exercise | None:
        """The exercise of the newest set."""
        return self._sets[-1].exercise if self._sets else None

    @property
    def session_id(self) -> str:
        return self._facts.session_id

    @property
    def user_id(self) -> str:
        return self._facts.user_id

    def belongs_to(self, user_id: str, user_name: str, body_weight_kg: float) -> None:
        """Take who trains, said after it has begun."""
        self._facts = msgspec.structs.replace(
            self._facts, user_id=user_id, user_name=user_name, body_weight_kg=body_weight_kg
        )

    @property
    def current_set(self) -> tuple[int, float, tuple[Rep, ...]] | None:
        """Number, start on the camera's clock and reps of the running set; None while resting."""
        if not self._sets or self._sets[-1].end_s is not None:
            return None
        growing = self._sets[-1]
        return len(self._sets), growing.start_s, tuple(growing.reps)

    @property
    def mark(self) -> SessionMark:
        return SessionMark(
            session_id=self.session_id,
            sets=len(self._sets),
            resting=self.current_set is None,
            reps=self.rep_count,
            hold_s=int(self.hold_s),
        )

    @property
    def set_count(self) -> int:
        return len(self._sets)

    @property
    def resting_since_s(self) -> float | None:
        """When the last set ended; None while one runs."""
        return self._sets[-1].end_s if self._sets else None

    @property
    def last_reps(self) -> tuple[Rep, ...]:
        """The reps of the newest set, running or ended."""
        return tuple(self._sets[-1].reps) if self._sets else ()

    @property
    def last_hold_s(self) -> float:
        """Seconds held in the newest set, running or ended."""
        return self._sets[-1].held.seconds if self._sets else 0.0

    @property
    def hold_s(self) -> float:
        """Seconds held in all sets."""
        return sum(growing.held.seconds for growing in self._sets)

    @property
    def rep_count(self) -> int:
        """All reps, full and partial."""
        return sum(len(growing.reps) for growing in self._sets)

    @property
    def full_reps(self) -> int:
        return sum(rep.full for growing in self._sets for rep in growing.reps)

    def add(self, reps: tuple[Rep, ...], exercise: Exercise) -> None:
        """Credit reps to the running set, or to a new one when the last has ended or was another exercise."""
        for rep in reps:
            running = self._running_set(exercise, rep.start_s)
            running.reps.append(msgspec.structs.replace(rep, number=len(running.reps) + 1))

    def hold(self, seconds: float, faults: tuple[Fault, ...], exercise: Exercise, time_s: float) -> None:
        """Credit a hold that has lasted for `seconds` and is still held."""
        running = self._running_set(exercise, time_s - seconds)
        running.held.update(seconds, faults)
        running.held_until_s = time_s

    def _running_set(self, exercise: Exercise, start_s: float) -> _GrowingSet:
        last = self._sets[-1] if self._sets else None
        if last is None or last.end_s is not None or last.exercise.key != exercise.key:
            return self._begin_set(exercise, start_s)
        return last

    def _begin_set(self, exercise: Exercise, start_s: float) -> _GrowingSet:
        self.end_set()
        previous_end_s = self._sets[-1].end_s if self._sets else None
        rest_s = None if previous_end_s is None else max(0.0, start_s - previous_end_s)
        self._sets.append(_GrowingSet(exercise, start_s, rest_s))
        return self._sets[-1]

    def end_set(self) -> None:
        """End the running set at its last rep; nothing happens while resting."""
        if self._sets and self._sets[-1].end_s is None:
            self._sets[-1].end_s = self._sets[-1].last_s

    def see(self, *, present: bool, time_s: float) -> None:
        """Take note of whether somebody is in the picture."""
        if present:
            self._last_present_s = time_s

    def set_is_over(self, time_s: float, *, moving: bool = False) -> bool:
        """Whether the running set has been silent for so long that it is over."""
        if self.current_set is None:
            return False
        heard_s = max(self._sets[-1].last_s, self._heard_s)
        # Not in the middle of a rep, unless somebody stays there for as long again.
        patience_s = self._rules.set_end_after_s if moving else 0.0
        return time_s - heard_s >= self._rules.set_end_after_s + patience_s

    def is_over(self, time_s: float) -> bool:
        """Whether nobody has been there for so long that the session is over."""
        return time_s - self._last_present_s >= self._rules.session_end_after_s

    def session(self, *, interrupted: bool = False) -> Session:
        """Return the session as it is now; with `interrupted` its last set is marked as cut short."""
        entries = self._entries(interrupted)
        reps = [rep for growing in self._sets for rep in growing.reps]
        duration_s = max((growing.last_s for growing in self._sets), default=self.start_s) - self.start_s
        work = [(growing.exercise.met, growing.last_s - growing.start_s) for growing in self._sets]
        return Session(
            session_id=self._facts.session_id,
            user_id=self._facts.user_id,
            user_name=self._facts.user_name,
            device_id=self._facts.device_id,
            source="camera",
            start_time=self._wall(self.start_s),
            end_time=self._wall(self.start_s + duration_s),
            duration_s=round(duration_s, 2),
            exercises=entries,
            calories_kcal=session_kcal(work, self._facts.body_weight_kg, duration_s),
            accuracy=round(sum(rep.score for rep in reps) / len(reps), 3) if reps else None,
            feedback_points=feedback_points(entries),
            clock_certain=self._facts.clock_certain,
            boot_id=self._facts.boot_id,
            interrupted=interrupted,
        )

    def _wall(self, time_s: float) -> str:
        return self._start.at(time_s).wall.isoformat(timespec="milliseconds")

    def _entries(self, interrupted: bool) -> tuple[ExerciseEntry, ...]:
        """Consecutive sets of one exercise become one entry."""
        entries: list[ExerciseEntry] = []
        for growing in self._sets:
            cut_short = interrupted and growing is self._sets[-1] and growing.end_s is None
            if entries and entries[-1].exercise == growing.exercise.key:
                sets = (*entries[-1].sets, self._workout_set(growing, len(entries[-1].sets) + 1, cut_short))
                entries[-1] = msgspec.structs.replace(entries[-1], sets=sets)
            else:
                entries.append(self._entry(growing, len(entries) + 1, cut_short))
        return tuple(entries)

    def _entry(self, growing: _GrowingSet, order: int, cut_short: bool) -> ExerciseEntry:
        return ExerciseEntry(
            order=order,
            exercise=growing.exercise.key,
            name=growing.exercise.name,
            muscles=growing.exercise.muscles,
            sets=(self._workout_set(growing, 1, cut_short),),
        )

    def _workout_set(self, growing: _GrowingSet, number: int, cut_short: bool) -> WorkoutSet:
        full = sum(rep.full for rep in growing.reps)
        return WorkoutSet(
            number=number,
            started_at=self._wall(growing.start_s),
            ended_at=self._wall(growing.last_s),
            reps_full=full,
            reps_partial=len(growing.reps) - full,
            rest_before_s=None if growing.rest_before_s is None else round(growing.rest_before_s, 2),
            interrupted=cut_short,
            reps=tuple(self._from_start(rep) for rep in growing.reps),
            hold_s=round(growing.held.seconds, 1) if growing.held.seconds else None,
            hold_faults=growing.held.faults,
        )

    def _grown(self, one: WorkoutSet, exercise: Exercise) -> _GrowingSet:
        """Turn a set of a session that was left behind into what it was made of."""
        begin_s, end_s = self._since_start(one.started_at), self._since_start(one.ended_at)
        start_s = self.start_s
        reps = [
            msgspec.structs.replace(rep, start_s=rep.start_s + start_s, end_s=rep.end_s + start_s) for rep in one.reps
        ]
        growing = _GrowingSet(exercise, reps[0].start_s if reps else begin_s, one.rest_before_s, reps)
        if one.hold_s is not None:
            growing.held, growing.held_until_s = Held(one.hold_s, one.hold_faults), end_s
        growing.end_s = None if one.interrupted else growing.last_s
        return growing

    def _since_start(self, at: str) -> float:
        """Return a wall time of this session on the camera's clock."""
        return self.start_s + (datetime.fromisoformat(at) - self._start.wall).total_seconds()

    def _from_start(self, rep: Rep) -> Rep:
        return msgspec.structs.replace(
            rep, start_s=round(rep.start_s - self.start_s, 3), end_s=round(rep.end_s - self.start_s, 3)
        )
