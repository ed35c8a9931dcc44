"""One training spot: pose frames in, finished sessions out. Pure: it takes frames and clock values, and does no I/O."""

from collections.abc import Callable, Mapping

import msgspec

from edge_agent.coaching.counting import Progress
from edge_agent.coaching.exercise import Exercise
from edge_agent.coaching.placement import Advice
from edge_agent.coaching.recognition import AUTOMATIC
from edge_agent.coaching.recognition.chosen import ChosenCounter
from edge_agent.coaching.recognition.counter import RecognisedProgress, RecognisingCounter
from edge_agent.errors import PermanentError
from edge_agent.records import PoseFrame, Session, Sight
from edge_agent.sessions.building import SessionBuilder, is_moving
from edge_agent.sessions.facts import Moment, SessionFacts, SessionRules

NewFacts = Callable[[], SessionFacts]
"""Gives the facts of a session that begins now: a new id, who trains, what the clock is worth."""

_CUE_SHOWN_S = 3.0
_BLIND_PATIENCE_S = 120.0
"""While there is no picture, a session lasts so much longer: nobody knows that the person has left."""
_PICTURE_WITHIN_S = 20.0
_RETURN_WITHIN_S = 10.0
"""A set that was left running goes on if its person is seen within so long of the first picture."""


class Training:
    """Counts for the chosen exercise, or for the one it sees being done, and grows one session at a time."""

    def __init__(
        self, exercises: Mapping[str, Exercise], exercise: str, rules: SessionRules, new_facts: NewFacts
    ) -> None:
        self._exercises = exercises
        self._rules = rules
        self._new_facts = new_facts
        self._clock = _FrameClock()
        self._builder: SessionBuilder | None = None
        self._cue, self._cue_s = "", 0.0
        self.present = False
        self.advice: Advice = ""
        """What to do about where the person stands, as long as they are seen."""
        self.sight: Sight | None = None
        """What can be told from there."""
        self._moving = False
        self._blind = False
        self._awaited_until_s: float | None = None
        self.exercise: Exercise | None = None if exercise == AUTOMATIC else self._known(exercise)
        """What is counted; None while that is to be found out."""
        self.automatic = self.exercise is None
        self._counter = self._new_counter()

    @property
    def builder(self) -> SessionBuilder | None:
        """The running session, or None."""
        return self._builder

    def cue(self, time_s: float) -> str:
        """Return the last cue while it is fresh."""
        return self._cue if time_s - self._cue_s <= _CUE_SHOWN_S else ""

    def resume(self, left: Session, start_s: float, body_weight_kg: float, now: Moment) -> None:
        """Go on with a session that a killed agent left behind; it began at `start_s` on the clock of `now`.

        A set that was running waits for its person, and is closed as interrupted if nobody comes. Raises
        `PermanentError` for exercises that are not known any more.
        """
        for entry in left.exercises:
            self.exercise = self._known(entry.exercise)
        self._builder = SessionBuilder.resumed(left, self._exercises, self._rules, body_weight_kg, start_s, now.time_s)
        self._counter = self._new_counter()
        self._awaited_until_s = now.time_s + _PICTURE_WITHIN_S
        self._blind = True

    def see(self, frame: PoseFrame, arrived: Moment) -> tuple[float, Session | None]:
        """Count one frame that arrived at that moment.

        Returns its time on the continued clock and the session that ended with it, if one did.
        """
        time_s = self._clock.continued(frame.time_s, arrived.time_s)
        if self._blind and self._builder:
            # Whoever trained may still be there: their absence is counted from now on.
            self._builder.see(present=True, time_s=time_s)
            if self._awaited_until_s is not None:
                self._awaited_until_s = time_s + _RETURN_WITHIN_S
        self._blind = False
        progress = self._counter.update(msgspec.structs.replace(frame, time_s=time_s))
        now = Moment(time_s=time_s, wall=arrived.wall)
        self.present, self.advice, self.sight = progress.present, progress.advice, progress.sight
        if self.present and self._builder and self._awaited_until_s is not None:
            self._awaited_until_s = None
            self._builder.go_on(time_s)
        self._moving = is_moving(progress)
        self._credit(progress, now)
        return time_s, self.tick(now)

    def tick(self, now: Moment) -> Session | None:
        """Let time pass, also without frames. Returns the session that is over, if one is."""
        builder = self._builder
        if builder is None:
            return None
        if self._awaited_until_s is not None and builder.current_set:
            return self.finish(now, interrupted=True) if now.time_s >= self._awaited_until_s else None
        builder.see(present=self.present, time_s=now.time_s)
        if builder.set_is_over(now.time_s, moving=self._moving):
            self._end_set(now)
        patience_s = _BLIND_PATIENCE_S if self._blind else 0.0
        return self.finish(now) if builder.is_over(now.time_s - patience_s) else None

    def lose_sight(self) -> None:
        """Vision is gone: nobody is seen until it is back; count and session stay for minutes."""
        self.present = self._moving = False
        self.advice, self.sight = "", None
        self._blind = True

    def choose(self, key: str, now: Moment) -> None:
        """Count another exercise from now on, or with `AUTOMATIC` whatever is done.

        Raises `PermanentError` for an unknown key.
        """
        exercise = None if key == AUTOMATIC else self._known(key)
        if self.automatic == (exercise is None) and exercise in (None, self.exercise):
            return
        self._end_set(now)
        self.exercise, self.automatic = exercise, exercise is None
        self._counter = self._new_counter()

    def finish(self, now: Moment, *, interrupted: bool = False) -> Session | None:
        """End the running session and return it; None when none runs.

        With `interrupted`, a set that was still running is marked as cut short.
        """
        if not interrupted:
            self._end_set(now)
        builder, self._builder = self._builder, None
        self._awaited_until_s = None
        if self.automatic:
            self.exercise = None
        self._counter = self._new_counter()
        return builder.session(interrupted=interrupted and builder.current_set is not None) if builder else None

    def _end_set(self, now: Moment) -> None:
        while (progress := self._counter.finish()).reps:
            self._credit(progress, now)
        if self._builder:
            self._builder.end_set()

    def _credit(self, progress: Progress, now: Moment) -> None:
        if progress.cue:
            self._cue, self._cue_s = progress.cue, now.time_s
        if isinstance(progress, RecognisedProgress) and progress.exercise:
            self.exercise = self._exercises[progress.exercise]
        if self.exercise is None:
            return
        if progress.reps:
            self._session_since(now.at(progress.reps[0].start_s)).add(progress.reps, self.exercise)
        if progress.holding and progress.hold_s:
            begun = now.at(now.time_s - progress.hold_s)
            self._session_since(begun).hold(progress.hold_s, progress.hold_faults, self.exercise, now.time_s)

    def _session_since(self, begun: Moment) -> SessionBuilder:
        """Return the running session, or a new one that began then."""
        if self._builder is None:
            self._builder = SessionBuilder(self._new_facts(), self._rules, begun)
        return self._builder

    def _new_counter(self) -> ChosenCounter | RecognisingCounter:
        if self.automatic or self.exercise is None:
            return RecognisingCounter(self._exercises)
        return ChosenCounter(self.exercise)

    def _known(self, key: str) -> Exercise:
        try:
            return self._exercises[key]
        except KeyError:
            known = ", ".join(sorted(self._exercises))
            raise PermanentError("no exercise {key!r}; known: {known}", key=key, known=known) from None


class _FrameClock:
    """Puts frame times on the agent's clock, whose zero they need not share; a restarted camera may begin at zero."""

    def __init__(self) -> None:
        self._offset_s: float | None = None
        self._last_s = float("-inf")

    def continued(self, time_s: float, arrived_s: float) -> float:
        """Return the frame's time on a clock that never goes back; only arrivals that tell of a new zero are used."""
        if self._offset_s is None or time_s + self._offset_s < self._last_s:
            self._offset_s = max(arrived_s, self._last_s) - time_s
        self._last_s = time_s + self._offset_s
        return self._last_s
