"""Counting a recording: pose frames in, one result out, by the rules by which the kiosk counts and ends sets."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import msgspec

from edge_agent.coaching.counting import Progress
from edge_agent.coaching.exercise import Exercise
from edge_agent.coaching.recognition.chosen import ChosenCounter
from edge_agent.coaching.recognition.counter import RecognisedProgress, RecognisingCounter
from edge_agent.config import SessionConfig
from edge_agent.errors import ConfigError
from edge_agent.offline.holds import HeldSet, HoldLog
from edge_agent.records import Fault, PoseFrame, Record, Rep
from edge_agent.sessions.building import Moment, SessionBuilder, SessionFacts, SessionRules, is_moving
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


def count_frames(frames: Iterable[PoseFrame], exercises: Mapping[str, Exercise], key: str | None) -> CountResult:
    """Count one exercise in a recording; without a key, whatever is done. Raises `ConfigError` for an unknown one."""
    counting = RecordingCounter(exercises, key)
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

    def __init__(self, exercises: Mapping[str, Exercise], key: str | None) -> None:
        settings = SessionConfig()
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
        self._holds = HoldLog(settings.set_end_after_s)
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
        return self._holds.sets[-1].hold_s if self._holds.sets else 0.0

    def see(self, frame: PoseFrame) -> Progress:
        """Count the next frame."""
        time_s = self._last_s = frame.time_s
        self._first_s = time_s if self._first_s is None else self._first_s
        self._frames += 1
        progress = self._counter.update(frame)
        self._add(progress)
        if self.exercise:
            self._holds.see(self.exercise.key, progress, time_s)
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
        done: list[tuple[CountedSet, tuple[Rep, ...]]] = [
            (_counted_set(entry.exercise, one.reps), one.reps)
            for entry in self._builder.session().exercises
            for one in entry.sets
        ]
        done += [(_held_set(held), ()) for held in self._holds.sets]
        done.sort(key=lambda one: one[0].start_s)
        sets = tuple(one for one, _ in done)
        return CountResult(
            exercise=_most_done(sets) or (self._chosen.key if self._chosen else ""),
            reps=sum(one.reps for one in sets),
            partial_reps=sum(one.partial_reps for one in sets),
            doubtful_reps=sum(one.doubtful_reps for one in sets),
            hold_s=round(sum((one.hold_s for one in sets), start=0.0), 1),
            sets=sets,
            rep_details=tuple(
                CountedRep(set_number=number, exercise=one.exercise, **msgspec.structs.asdict(rep))
                for number, (one, reps) in enumerate(done, 1)
                for rep in reps
            ),
            duration_s=round(self._last_s - (self._first_s or 0.0), 2),
            frames=self._frames,
        )

    def _end_set(self) -> None:
        while (progress := self._counter.finish()).reps:
            self._add(progress)
        self._builder.end_set()

    def _new_counter(self) -> ChosenCounter | RecognisingCounter:
        return ChosenCounter(self._chosen) if self._chosen else RecognisingCounter(self._exercises)

    def _add(self, progress: Progress) -> None:
        if isinstance(progress, RecognisedProgress) and progress.exercise:
            self.exercise = self._exercises[progress.exercise]
        if self.exercise:
            self._builder.add(progress.reps, self.exercise)


def _counted_set(exercise: str, reps: tuple[Rep, ...]) -> CountedSet:
    full = sum(rep.full for rep in reps)
    return CountedSet(
        exercise=exercise,
        reps=full,
        partial_reps=len(reps) - full,
        doubtful_reps=sum(rep.doubtful for rep in reps),
        hold_s=0.0,
        start_s=reps[0].start_s if reps else 0.0,
        end_s=reps[-1].end_s if reps else 0.0,
    )


def _held_set(held: HeldSet) -> CountedSet:
    return CountedSet(
        exercise=held.exercise,
        reps=0,
        partial_reps=0,
        doubtful_reps=0,
        hold_s=round(held.hold_s, 1),
        start_s=round(held.start_s, 3),
        end_s=round(held.end_s, 3),
        faults=held.faults,
    )


def _most_done(sets: tuple[CountedSet, ...]) -> str:
    """Return the exercise with the most reps; of held ones the one held for longest."""
    reps: Counter[str] = Counter()
    held_s: Counter[str] = Counter()
    for one in sets:
        reps[one.exercise] += one.reps + one.partial_reps
        held_s[one.exercise] += round(one.hold_s)
    return max(reps, key=lambda key: (reps[key], held_s[key]), default="")
