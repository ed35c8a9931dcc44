"""All that a live page shows, put together from those who know it."""

from edge_agent.agent.sight import Sight
from edge_agent.agent.training import Training
from edge_agent.records import LiveState, Record, SyncState


class Beside(Record, frozen=True, kw_only=True):
    """What a live page shows beside the training."""

    trainee: str
    kept: bool
    last_session: tuple[str, SyncState] | None
    sync: str
    trouble: str


def live_state(training: Training, sight: Sight, beside: Beside) -> LiveState:
    """Return the whole state of this moment."""
    builder, now, frame = training.builder, sight.now(), sight.frame
    running = builder.current_set if builder else None
    reps = running[2] if running else (builder.last_reps if builder else ())
    resting_s = builder.resting_since_s if builder else None
    last_id, last_state = beside.last_session or (None, None)
    return LiveState(
        phase="set" if running else "rest" if builder else "ready" if training.present else "waiting",
        exercise=training.exercise.key if training.exercise else "",
        exercise_name=training.exercise.name if training.exercise else "",
        automatic=training.automatic,
        trainee=beside.trainee,
        kept=beside.kept,
        reps=sum(rep.full for rep in reps),
        partial_reps=sum(not rep.full for rep in reps),
        hold_s=int(builder.last_hold_s if builder else 0) if training.exercise and training.exercise.hold else None,
        set_number=builder.set_count if builder else 0,
        set_elapsed_s=_whole(now.time_s - running[1]) if running else None,
        rest_elapsed_s=_whole(now.time_s - resting_s) if resting_s is not None else None,
        cue=training.cue(now.time_s),
        advice="" if running else training.advice,
        sight=None if running else training.sight,
        session_id=builder.session_id if builder else None,
        session_reps=builder.full_reps if builder else 0,
        session_hold_s=int(builder.hold_s) if builder else 0,
        last_session_id=last_id,
        last_session_state=last_state,
        vision=sight.state,
        vision_detail=sight.detail,
        fps=round(frame.fps) if frame else 0.0,
        skipped=frame.skipped if frame else 0,
        sync=beside.sync,
        trouble=beside.trouble,
    )


def _whole(seconds: float) -> float:
    """Round down to whole seconds: the pages tick by themselves, so finer news would only be noise."""
    return float(max(0, int(seconds)))
