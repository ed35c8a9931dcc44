"""Energy spent, from metabolic equivalents (MET).

kcal = MET x 3.5 ml/kg/min x body weight in kg / 200 x minutes: one MET is 3.5 ml of oxygen a kilogram and minute and
a litre of oxygen yields about 5 kcal (American College of Sports Medicine, Guidelines for Exercise Testing and
Prescription). The MET values are those of the Compendium of Physical Activities 2011, named in each exercise file.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from edge_agent.coaching.exercise import Exercise
from edge_agent.records import Session, WorkoutSet

_RESTING_MET = 1.5
"""Standing quietly between sets (Compendium 2011, code 07040: 1.3 to 1.8)."""
_REP_S = 3.0
"""A rep that nobody timed: a second or two each way, as in beginners' programmes (American College of Sports Medicine,
Progression Models in Resistance Training, 2009)."""


def active_kcal(met: float, body_weight_kg: float, active_s: float) -> float:
    """Return the kilocalories of `active_s` seconds of work at `met`."""
    return met * 3.5 * body_weight_kg / 200 * active_s / 60


def session_kcal(work: list[tuple[float, float]], body_weight_kg: float, duration_s: float) -> float:
    """Return the kilocalories of a session: `work` holds (met, seconds) of each set, the rest is standing."""
    active_s = sum(seconds for _, seconds in work)
    resting_s = max(0.0, duration_s - active_s)
    spent = sum(active_kcal(met, body_weight_kg, seconds) for met, seconds in work)
    return round(spent + active_kcal(_RESTING_MET, body_weight_kg, resting_s), 1)


def kept_kcal(session: Session, exercises: Mapping[str, Exercise], body_weight_kg: float) -> float | None:
    """Return the kilocalories of a session as it is kept; None where its length or an exercise's MET is not known."""
    entries = session.exercises
    if session.duration_s <= 0 or any(entry.exercise not in exercises for entry in entries):
        return None
    work = [(exercises[entry.exercise].met, _seconds(one)) for entry in entries for one in entry.sets]
    active_s = sum(seconds for _, seconds in work)
    # Sets that were told do not last longer than the workout they were part of.
    share = min(1.0, session.duration_s / active_s) if active_s else 1.0
    return session_kcal([(met, seconds * share) for met, seconds in work], body_weight_kg, session.duration_s)


def with_kcal(session: Session, exercises: Mapping[str, Exercise], body_weight_kg: float) -> Session:
    """Return a session that was told with its calories, where it has none and they can be known."""
    if session.source == "camera" or session.calories_kcal is not None:
        return session
    return msgspec.structs.replace(session, calories_kcal=kept_kcal(session, exercises, body_weight_kg))


def _seconds(one: WorkoutSet) -> float:
    """Return how long a set lasted: by the clock, or by its reps and what was held where nobody looked at one."""
    try:
        lasted_s = (datetime.fromisoformat(one.ended_at) - datetime.fromisoformat(one.started_at)).total_seconds()
    except (ValueError, TypeError):
        lasted_s = 0.0
    return max(0.0, lasted_s) or one.hold_s or _REP_S * (one.reps_full + one.reps_partial)
