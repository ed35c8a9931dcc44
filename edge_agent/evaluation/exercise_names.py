"""What data sets call an exercise, and which of ours counts it."""

from collections.abc import Collection

NOTHING = frozenset({"dancing", "jogging", "stand", "walking"})
"""Names of what is no exercise: nothing may be counted."""

_OURS = {
    "curl": "biceps_curl",
    "pullup": "pull_up",
    "pushup": "push_up",
    "side_lunge": "lunge",
    "situp": "sit_up",
    "split_squat": "lunge",
}
"""Names that differ from our keys."""


def our_exercise(name: str, known: Collection[str]) -> str:
    """Return the key that counts what a data set calls `name`; empty for what is no exercise.

    A variant (`squat_goblet`, `pushup_decline`) is counted as what it begins with, unless there is an exercise of that
    very name. A name that nothing fits is returned as it is: we have no counter for it.
    """
    if name in NOTHING:
        return ""
    stem = name
    while stem:
        for candidate in (stem, _OURS.get(stem, "")):
            if candidate in known:
                return candidate
        stem = stem.rpartition("_")[0]
    return name
