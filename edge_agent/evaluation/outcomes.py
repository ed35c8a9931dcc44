"""What a counter makes of a recording."""

from collections.abc import Mapping

from edge_agent.coaching.exercise import Exercise
from edge_agent.coaching.recognition.classifier import Model
from edge_agent.evaluation.baselines.aigym import count_by_two_angles
from edge_agent.evaluation.baselines.nearest_poses import Examples, count_by_nearest_poses
from edge_agent.evaluation.baselines.thresholds import count_by_thresholds
from edge_agent.evaluation.clips import Landmarks, frames_of
from edge_agent.offline.counting import CountedRep, count_frames
from edge_agent.records import Record

OURS, OURS_RECOGNISED = "this program", "this program, recognised"
TWO_ANGLES, NEAREST, THRESHOLDS = "two angles (AIGym)", "k-NN (ML Kit)", "thresholds (Good-GYM)"
BASELINES = (NEAREST, TWO_ANGLES, THRESHOLDS)


class CountedEvent(Record, frozen=True, kw_only=True):
    """One counted repetition."""

    middle_s: float
    """When it was at full range; for the baselines, when they were sure of the stage they count."""
    full: bool = True
    rom_deg: float | None = None
    eccentric_s: float | None = None
    concentric_s: float | None = None
    faults: tuple[str, ...] = ()


class Counted(Record, frozen=True, kw_only=True):
    """What a counter makes of a recording. `exercise` is what it was shown or took it for."""

    exercise: str
    full_reps: int
    partial_reps: int = 0
    doubtful_reps: int = 0
    hold_s: float = 0.0
    events: tuple[CountedEvent, ...] = ()


def count_as_we_do(
    landmarks: Landmarks, exercises: Mapping[str, Exercise], key: str | None, model: Model | None = None
) -> Counted:
    """Count by the product's own rules; `key` is None when the exercise is to be recognised, by `model` or the shipped
    one.
    """
    result = count_frames(frames_of(landmarks), exercises, key, model)
    return Counted(
        exercise=result.exercise,
        full_reps=result.reps,
        partial_reps=result.partial_reps,
        doubtful_reps=result.doubtful_reps,
        hold_s=result.hold_s,
        events=tuple(_event(rep, exercises[rep.exercise]) for rep in result.rep_details),
    )


def _event(rep: CountedRep, exercise: Exercise) -> CountedEvent:
    first_s = rep.eccentric_s if exercise.first_half == "eccentric" else rep.concentric_s
    return CountedEvent(
        middle_s=rep.start_s + first_s + rep.pause_s / 2,
        full=rep.full,
        rom_deg=rep.rom_deg,
        eccentric_s=rep.eccentric_s,
        concentric_s=rep.concentric_s,
        faults=tuple(fault.key for fault in rep.faults),
    )


def count_as_others(baseline: str, landmarks: Landmarks, exercise: str, examples: Examples | None) -> Counted:
    """Count by a baseline. The examples are the k-NN counter's."""
    if baseline == NEAREST:
        times_s = count_by_nearest_poses(landmarks, examples) if examples else []
    else:
        count = count_by_two_angles if baseline == TWO_ANGLES else count_by_thresholds
        times_s = count(landmarks, exercise)
    events = tuple(CountedEvent(middle_s=time_s) for time_s in times_s)
    return Counted(exercise=exercise, full_reps=len(events), events=events)
