"""Counting a recording: pose frames in, one result out, by the rules by which the kiosk counts and ends sets."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import msgspec

from edge_agent.coaching.counting import Progress
from edge_agent.coaching.exercise import Exercise
from edge_agent.coaching.recognition.chosen import ChosenCounter
from edge_agent.coaching.recognition.classifier import Model
from edge_agent.coaching.recognition.counter import RecognisedProgress, RecognisingCounter
from edge_agent.config import SessionConfig
from edge_agent.errors import ConfigError
from edge_agent.records import Fault, PoseFrame, Record, Rep, WorkoutSet
from edge_agent.sessions.building import SessionBuilder, is_moving
from edge_agent.sessions.facts import Moment, SessionFacts, SessionRules
from edge_agent.strict_toml import near

_NO_FACTS = SessionFacts(
    session_id="", user_id="", user_name="", device_id="", body_weight_kg=75.0, boot_id="", clock_certain=False
)
"""Of a recording nobody knows who trains; nothing of it is kept."""
_START = Moment(time_s=0.0, wall=datetime(1970, 1, 1, tzinfo=UTC))


class CountedRep(Rep, frozen=True, kw_only=True):
    """One repetition. Its number counts within its set, its times are seconds of the recording."""

    set_number: int = msgspec.field(name="set")
    exercise: str


class CountedSet(Record, frozen=True, kw_only=True):
    """One set; times are seconds of the recording."""

    exercise: str
    reps: int
    """Full ones, the doubtful among them."""
    partial_reps: int
    doubtful_reps: int
    """How many of all reps are doubtful."""
    hold_s: float
    start_s: float
    end_s: float
    faults: tuple[Fault, ...] = ()
    """Of what was held, each with its seconds; those of reps are with the reps."""


class CountResult(Record, frozen=True, kw_only=True):
    """What was done in a recording; `exercise` is the one with the most reps, empty when nothing was recognised."""

    exercise: str
    reps: int
    partial_reps: int
    doubtful_reps: int
    hold_s: float
    sets: tuple[CountedSet, ...]
    rep_details: tuple[CountedRep, ...]
    duration_s: float
    """From the first frame to the last one."""
    frames: int


def count_frames(
    frames: Iterable[PoseFrame], exercises: Mapping[str, Exercise], key: str | None, model: Model | None = None
) -> CountResult:
    """Count one exercise in a recording; without a key, whatever is done. Raises `ConfigError` for an unknown one.

    `model` recognises the exercise; the shipped one if it is None.
    """
    counting = RecordingCounter(exercises, key, model)
    for frame in frames:
        counting.see(frame)
    return counting.finish()


def known_exercise(exercises: Mapping[str, Exercise], key: str) -> Exercise:
    """Return the exercise of that key. Raises `ConfigError` with a near match."""
    if key not in exercises:
        raise ConfigError(f"no exercise {key!r}{near(key, exercises)}")
    return exercises[key]


class RecordingCounter:
    """Counts a recording frame by frame, so that it can be watched on the way."""

    def __init__(self, exercises: Mapping[str, Exercise], key: str | None, model: Model | None = None) -> None:
        settings = SessionConfig()
        self._model = model
        self._exercises = exercises
        self._chosen = None if key is None else known_exercise(exercises, key)
        self.exercise = self._chosen
        """What is being done; None until it is recognised."""
        self._counter = self._new_counter()
        self._builder = SessionBuilder(
            _NO_FACTS,
            SessionRules(set_end_after_s=settings.set_end_after_s, session_end_after_s=settings.session_end_after_s),
            _START,
        )
        self._first_s: float | None = None
        self._last_s = 0.0
        self._frames = 0

    @property
    def session(self) -> SessionBuilder:
        """The sets so far."""
        return self._builder

    @property
    def hold_s(self) -> float:
        """Seconds held in the newest set."""
        return self._builder.last_hold_s

    def see(self, frame: PoseFrame) -> Progress:
        """Count the next frame."""
        time_s = self._last_s = frame.time_s
        self._first_s = time_s if self._first_s is None else self._first_s
        self._frames += 1
        progress = self._counter.update(frame)
        self._add(progress)
        self._builder.see(present=progress.present, time_s=time_s)
        if self._builder.set_is_over(time_s, moving=is_moving(progress)):
            self._end_set()
        if self._builder.is_over(time_s):
            # The kiosk would begin a new session, perhaps with somebody else.
            self._end_set()
            self._counter = self._new_counter()
            self._builder.see(present=True, time_s=time_s)
        return progress

    def finish(self) -> CountResult:
        """End the last set and sum up."""
        self._end_set()
        done = [(entry.exercise, one) for entry in self._builder.session().exercises for one in entry.sets]
        sets = tuple(_counted_set(exercise, one) for exercise, one in done)
        return CountResult(
            exercise=_most_done(sets) or (self._chosen.key if self._chosen else ""),
            reps=sum(one.reps for one in sets),
            partial_reps=sum(one.partial_reps for one in sets),
            doubtful_reps=sum(one.doubtful_reps for one in sets),
            hold_s=round(sum((one.hold_s for one in sets), start=0.0), 1),
            sets=sets,
            rep_details=tuple(
                CountedRep(set_number=number, exercise=exercise, **msgspec.structs.asdict(rep))
                for number, (exercise, one) in enumerate(done, 1)
                for rep in one.reps
            ),
            duration_s=round(self._last_s - (self._first_s or 0.0), 2),
            frames=self._frames,
        )

    def _end_set(self) -> None:
        while (progress := self._counter.finish()).reps:
            self._add(progress)
        self._builder.end_set()

    def _new_counter(self) -> ChosenCounter | RecognisingCounter:
        if self._chosen:
            return ChosenCounter(self._chosen, self._model)
        return RecognisingCounter(self._exercises, self._model)

    def _add(self, progress: Progress) -> None:
        if isinstance(progress, RecognisedProgress) and progress.exercise:
            self.exercise = self._exercises[progress.exercise]
        if not self.exercise:
            return
        self._builder.add(progress.reps, self.exercise)
        if progress.holding and progress.hold_s:
            self._builder.hold(progress.hold_s, progress.hold_faults, self.exercise, self._last_s)


def _counted_set(exercise: str, one: WorkoutSet) -> CountedSet:
    return CountedSet(
        exercise=exercise,
        reps=one.reps_full,
        partial_reps=one.reps_partial,
        doubtful_reps=sum(rep.doubtful for rep in one.reps),
        hold_s=one.hold_s or 0.0,
        start_s=one.reps[0].start_s if one.reps else _seconds(one.started_at),
        end_s=one.reps[-1].end_s if one.reps else _seconds(one.ended_at),
        faults=one.hold_faults,
    )


def _seconds(at: str) -> float:
    """Return the seconds of the recording at which `_START`'s clock showed this."""
    return round((datetime.fromisoformat(at) - _START.wall).total_seconds(), 3)


def _most_done(sets: tuple[CountedSet, ...]) -> str:
    """Return the exercise with the most reps; of held ones the one held for longest."""
    reps: Counter[str] = Counter()
    held_s: Counter[str] = Counter()
    for one in sets:
        reps[one.exercise] += one.reps + one.partial_reps
        held_s[one.exercise] += round(one.hold_s)
    return max(reps, key=lambda key: (reps[key], held_s[key]), default="")
