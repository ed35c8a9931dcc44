"""What the live page shows of a training."""

from edge_agent.agent.training import Training
from edge_agent.records import LiveState


def shown(training: Training, now_s: float) -> LiveState:
    """Return the live state as far as training knows it; camera, cloud and the last session are the kiosk's."""
    builder = training.builder
    running = builder.current_set if builder else None
    reps = running[2] if running else (builder.last_reps if builder else ())
    resting_s = builder.resting_since_s if builder else None
    exercise = training.exercise
    return LiveState(
        phase="set" if running else "rest" if builder else "ready" if training.present else "waiting",
        exercise=exercise.key if exercise else "",
        exercise_name=exercise.name if exercise else "",
        automatic=training.automatic,
        reps=sum(rep.full for rep in reps),
        partial_reps=sum(not rep.full for rep in reps),
        hold_s=int(builder.last_hold_s if builder else 0) if exercise and exercise.hold else None,
        set_number=builder.set_count if builder else 0,
        set_elapsed_s=_whole(now_s - running[1]) if running else None,
        rest_elapsed_s=_whole(now_s - resting_s) if resting_s is not None else None,
        cue=training.cue(now_s),
        advice="" if running else training.advice,
        sight=None if running else training.sight,
        session_id=builder.session_id if builder else None,
        session_reps=builder.full_reps if builder else 0,
        session_hold_s=int(builder.hold_s) if builder else 0,
    )


def _whole(seconds: float) -> float:
    """Round down to whole seconds: the pages tick by themselves, so finer news would only be noise."""
    return float(max(0, int(seconds)))
