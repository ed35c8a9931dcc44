"""What was done, in words of one line. Pure."""

from datetime import datetime

from edge_agent.records import Session, WorkoutSet


def performance_words(session: Session, exercise: str) -> str:
    """Return a session's sets of an exercise, e.g. `2026-02-16: warm-up 20 kg x 5; 80 kg x 5+1, RPE 8, perfect`."""
    date = datetime.fromisoformat(session.start_time).date().isoformat()
    sets = [one for entry in session.exercises if entry.exercise == exercise for one in entry.sets]
    return f"{date}: {'; '.join(set_words(one) for one in sets) or 'no sets'}"


def set_words(one: WorkoutSet) -> str:
    """Return one set."""
    reps = f"{one.reps_full}+{one.reps_partial}" if one.reps_partial else f"{one.reps_full}"
    done = f"{reps} reps" if one.hold_s is None else f"held {int(one.hold_s)} s"
    load = done if one.weight_kg is None else f"{one.weight_kg:g} kg x {reps if one.hold_s is None else done}"
    words = [f"warm-up {load}" if one.kind == "warmup" else load]
    if one.rpe is not None:
        words.append(f"RPE {one.rpe:g}")
    if one.rep_assessment:
        words.append(one.rep_assessment)
    return ", ".join(words)
