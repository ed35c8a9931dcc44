"""Counting: pose frames of one exercise in, reps out, each once and as soon as it is certain."""

import msgspec

from edge_agent.coaching.exercise import Exercise
from edge_agent.coaching.form import form_cue
from edge_agent.coaching.held_form import HeldForm
from edge_agent.coaching.holding import HoldTimer
from edge_agent.coaching.joining import Joiner
from edge_agent.coaching.landmarks import LEFT, RIGHT, Body
from edge_agent.coaching.lane import Lane
from edge_agent.coaching.measuring import SYMMETRIC_VIEWS
from edge_agent.coaching.placement import Advice, PlacementCoach
from edge_agent.coaching.subject import SubjectLock
from edge_agent.coaching.view import ViewEstimate
from edge_agent.records import Fault, PoseFrame, Record, Rep, Sight


class Progress(Record, frozen=True, kw_only=True):
    """What one frame brought."""

    reps: tuple[Rep, ...] = ()
    """Newly credited, numbered from 1 within the counter; times are those of the frames."""
    phase: float | None = None
    """How far the movement has come: 0 at rest, 1 at full range."""
    cue: str = ""
    present: bool = False
    """Whether the person being counted is in view."""
    in_position: bool = False
    advice: Advice = ""
    """What to do about where the person stands; for before a set, not for within."""
    sight: Sight | None = None
    """What can be told from where the camera sees them; None without a person."""
    hold_s: float = 0.0
    """Seconds of the running hold, or of the last one; 0 for what is counted in reps."""
    holding: bool = False
    hold_faults: tuple[Fault, ...] = ()
    """Form faults of that hold, each with its seconds."""


class RepCounter:
    """Counts one exercise for whoever stands in view. Frames may come at any rate and with gaps, but in order."""

    def __init__(self, exercise: Exercise) -> None:
        self._exercise = exercise
        self._subject = SubjectLock()
        self._number = 0
        self._begin()

    def _begin(self) -> None:
        """Know nothing about the person yet: their range, their tempo, the view."""
        sides = (LEFT, RIGHT) if self._exercise.sides == "apart" else (None,)
        hold = self._exercise.hold
        self._timer = HoldTimer(self._exercise, hold) if hold else None
        self._held_form = HeldForm(self._exercise.faults if hold else ())
        self._lanes = [] if hold else [Lane(self._exercise, side) for side in sides]
        self._joiner = Joiner()
        self._view = ViewEstimate()
        self._coach = PlacementCoach(self._exercise)
        self._generation = self._subject.generation

    def update(self, frame: PoseFrame) -> Progress:
        """Take the next frame."""
        reps: list[Rep] = []
        body = Body(frame) if frame.pose else None
        if body and self._subject.accept(body):
            if self._generation != self._subject.generation:
                reps = self._joiner.flush()
                self._begin()
            reps += self._count(body)
            self._coach.update(frame, self._view.name, self._subject.scale)
        return self._progress(reps, frame.time_s)

    def finish(self) -> Progress:
        """End the set: a last rep that stopped short of lock-out is credited. The person's range is kept."""
        reps: list[Rep] = []
        for index, lane in enumerate(self._lanes):
            reps += self._join(index, lane.finish(self._view.name))
        reps += self._joiner.flush()
        return Progress(reps=self._numbered(reps), cue=self._cue(reps))

    def _count(self, body: Body) -> list[Rep]:
        scale = self._subject.scale
        view = self._view.update(body)
        if self._timer:
            self._timer.update(body, scale)
            self._held_form.update(body, scale, view, holding=self._timer.holding)
        reps: list[Rep] = []
        for index, lane in enumerate(self._lanes):
            reps += self._join(index, lane.update(body, scale, view))
        if len(self._lanes) == 2:
            reps += self._joiner.release((self._lanes[LEFT].swinging_since_s, self._lanes[RIGHT].swinging_since_s))
        return reps

    def _join(self, index: int, reps: list[Rep]) -> list[Rep]:
        if len(self._lanes) < 2:
            return reps
        joined = [rep for rep in (self._joiner.add(index, rep) for rep in reps) if rep]
        if self._view.name in SYMMETRIC_VIEWS:
            return joined
        return [msgspec.structs.replace(rep, symmetry=None) for rep in joined]

    def _progress(self, reps: list[Rep], time_s: float) -> Progress:
        present = self._subject.present(time_s)
        holding = present and self._timer is not None and self._timer.holding
        phases = [lane.phase for lane in self._lanes if lane.phase is not None]
        return Progress(
            reps=self._numbered(reps),
            phase=max(phases) if present and phases else None,
            cue=self._cue(reps) or (self._held_form.cue if holding else ""),
            present=present,
            in_position=present and (holding or any(lane.in_position() for lane in self._lanes)),
            advice=self._coach.advice if present else "",
            sight=self._coach.sight if present else None,
            hold_s=self._timer.held_s if self._timer else 0.0,
            holding=holding,
            hold_faults=self._held_form.faults,
        )

    def _numbered(self, reps: list[Rep]) -> tuple[Rep, ...]:
        first = self._number + 1
        self._number += len(reps)
        return tuple(msgspec.structs.replace(rep, number=first + index) for index, rep in enumerate(reps))

    def _cue(self, reps: list[Rep]) -> str:
        return form_cue(reps[-1], self._exercise) if reps else ""
