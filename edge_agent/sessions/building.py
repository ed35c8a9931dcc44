"""A session as it grows: reps and holds become sets, sets become exercise entries, and silence ends them.

A set begins with its first credited rep or hold and ends after a while without one; a session begins with its first
set and ends when nobody has been in the picture for a while. Intervals come from the camera's monotonic clock; the
wall clock only dates the start.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Self

import msgspec

from edge_agent.coaching.counting import Progress
from edge_agent.coaching.exercise import Exercise
from edge_agent.records import ExerciseEntry, Fault, Rep, Session
from edge_agent.sessions.calories import session_kcal
from edge_agent.sessions.facts import Moment, SessionFacts, SessionMark, SessionRules
from edge_agent.sessions.feedback import feedback_points
from edge_agent.sessions.growing_set import GrowingSet

_RESTING_PHASE = 0.3


def is_moving(progress: Progress) -> bool:
    """Whether somebody is in the middle of a rep."""
    return progress.present and (progress.phase or 0.0) > _RESTING_PHASE


class SessionBuilder:
    """One session from its first rep to its end."""

    def __init__(self, facts: SessionFacts, rules: SessionRules, start: Moment) -> None:
        self._facts = facts
        self._rules = rules
        self._start = start
        self._last_present_s = self._heard_s = start.time_s
        self._sets: list[GrowingSet] = []

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
            exercise = exercises[entry.exercise]
            builder._sets += [GrowingSet.resumed(one, exercise, builder._start) for one in entry.sets]
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
            self._running_set(exercise, rep.start_s).add(rep)

    def hold(self, seconds: float, faults: tuple[Fault, ...], exercise: Exercise, time_s: float) -> None:
        """Credit a hold that has lasted for `seconds` and is still held."""
        running = self._running_set(exercise, time_s - seconds)
        running.held.update(seconds, faults)
        running.held_until_s = time_s

    def _running_set(self, exercise: Exercise, start_s: float) -> GrowingSet:
        last = self._sets[-1] if self._sets else None
        if last is None or last.end_s is not None or last.exercise.key != exercise.key:
            return self._begin_set(exercise, start_s)
        return last

    def _begin_set(self, exercise: Exercise, start_s: float) -> GrowingSet:
        self.end_set()
        previous_end_s = self._sets[-1].end_s if self._sets else None
        rest_s = None if previous_end_s is None else max(0.0, start_s - previous_end_s)
        self._sets.append(GrowingSet(exercise, start_s, rest_s))
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
            start_time=self._start.stamp(self.start_s),
            end_time=self._start.stamp(self.start_s + duration_s),
            duration_s=round(duration_s, 2),
            exercises=entries,
            calories_kcal=session_kcal(work, self._facts.body_weight_kg, duration_s),
            accuracy=round(sum(rep.score for rep in reps) / len(reps), 3) if reps else None,
            feedback_points=feedback_points(entries),
            clock_certain=self._facts.clock_certain,
            boot_id=self._facts.boot_id,
            interrupted=interrupted,
        )

    def _entries(self, interrupted: bool) -> tuple[ExerciseEntry, ...]:
        """Consecutive sets of one exercise become one entry."""
        entries: list[ExerciseEntry] = []
        for growing in self._sets:
            goes_on = bool(entries) and entries[-1].exercise == growing.exercise.key
            sets = entries[-1].sets if goes_on else ()
            cut_short = interrupted and growing is self._sets[-1] and growing.end_s is None
            told = growing.told(len(sets) + 1, self._start, interrupted=cut_short)
            if goes_on:
                entries[-1] = msgspec.structs.replace(entries[-1], sets=(*sets, told))
            else:
                entries.append(growing.entry(len(entries) + 1, told))
        return tuple(entries)
