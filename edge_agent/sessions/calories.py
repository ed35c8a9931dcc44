"""Energy spent, from metabolic equivalents (MET).

kcal = MET x 3.5 ml/kg/min x body weight in kg / 200 x minutes: one MET is 3.5 ml of oxygen a kilogram and minute and
a litre of oxygen yields about 5 kcal (American College of Sports Medicine, Guidelines for Exercise Testing and
Prescription). The MET values are those of the Compendium of Physical Activities 2011, named in each exercise file.
"""

_RESTING_MET = 1.5
"""Standing quietly between sets (Compendium 2011, code 07040: 1.3 to 1.8)."""


def active_kcal(met: float, body_weight_kg: float, active_s: float) -> float:
    """Return the kilocalories of `active_s` seconds of work at `met`."""
    return met * 3.5 * body_weight_kg / 200 * active_s / 60


def session_kcal(work: list[tuple[float, float]], body_weight_kg: float, duration_s: float) -> float:
    """Return the kilocalories of a session: `work` holds (met, seconds) of each set, the rest is standing."""
    active_s = sum(seconds for _, seconds in work)
    resting_s = max(0.0, duration_s - active_s)
    spent = sum(active_kcal(met, body_weight_kg, seconds) for met, seconds in work)
    return round(spent + active_kcal(_RESTING_MET, body_weight_kg, resting_s), 1)
