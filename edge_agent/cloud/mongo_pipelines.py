"""Aggregation pipelines over `workouts`, for MongoDB 5 and newer. Pure.

Like the SQL, they take each session's day as the writer has noted it; its number comes from there.
"""

from datetime import date
from typing import Any

from edge_agent.cloud import reports
from edge_agent.history.figures import SMALLEST_GROUP, BestKind
from edge_agent.history.sets import EPLEY_REPS, LONGEST_HOLD_MS, MOST_REPS_OF_ESTIMATE

Stage = dict[str, Any]
Pipeline = list[Stage]

_DAY_MS = 86_400_000
_ORDINAL_OF_1970 = date(1970, 1, 1).toordinal()

_SUMS: Stage = {
    "sessions": {"$sum": 1},
    "reps": {"$sum": "$reps"},
    "duration": {"$sum": "$duration"},
    "calories": {"$sum": "$calories"},
    "accuracy": {"$avg": "$accuracy"},
}
_ORDINAL = {"$toInt": {"$add": [{"$divide": [{"$toLong": {"$toDate": "$day"}}, _DAY_MS]}, _ORDINAL_OF_1970]}}
_WEEK = {"$subtract": ["$ordinal", {"$mod": [{"$subtract": ["$ordinal", 1]}, 7]}]}
_MONTH = {"$substrCP": ["$day", 0, 7]}


def of_member(user_id: str, since: date | None) -> Pipeline:
    """Return a member's sessions; the index on `user_id` finds them."""
    days = {"day": {"$gte": reports.since_text(since)}}
    periods: Pipeline = [{"$set": {"ordinal": _ORDINAL}}, {"$set": {"week": _WEEK, "month": _MONTH}}]
    # Apart: not every server finds the index once a condition on something else stands beside.
    return [{"$match": {"user_id": user_id}}, {"$match": days}, *periods]


def totals(sessions: Pipeline, period: str | None) -> Pipeline:
    """Return totals by `week` or `month`, or altogether."""
    return [*sessions, {"$group": {"_id": f"${period}" if period else None, **_SUMS}}]


def runs(sessions: Pipeline, today: date) -> Pipeline:
    """Return runs of days: days less their numbers in a row are the same within a run."""
    number = {"sortBy": {"_id": 1}, "output": {"number": {"$documentNumber": {}}}}
    run = {"_id": {"$subtract": ["$_id", "$number"]}, "first": {"$min": "$_id"}, "last": {"$max": "$_id"}}
    return [
        *sessions,
        {"$match": {"ordinal": {"$lte": today.toordinal()}}},
        {"$group": {"_id": "$ordinal"}},
        {"$setWindowFields": number},
        {"$group": {**run, "days": {"$sum": 1}}},
    ]


def working_sets(sessions: Pipeline) -> Pipeline:
    """Return one document for each working set, with what it is worth as a record of each kind."""
    one = "$exercises.sets"
    return [
        *sessions,
        {"$unwind": {"path": "$exercises", "includeArrayIndex": "entry"}},
        {"$unwind": {"path": one, "includeArrayIndex": "number"}},
        {"$match": {"exercises.sets.kind": "working"}},
        {
            "$project": {
                **dict.fromkeys(("user_id", "device_id", "session_id", "day", "week", "month", "entry", "number"), 1),
                "exercise": "$exercises.exercise",
                "verified": {"$and": [{"$eq": ["$source", "camera"]}, _IS_AS_MEASURED]},
                "reps": f"{one}.reps_full",
                "seen_reps": {"$min": [f"{one}.reps_full", {"$ifNull": [f"{one}.measured_reps", f"{one}.reps_full"]}]},
                # Zero is the body alone.
                "weight_kg": {"$cond": [{"$gt": [f"{one}.weight_kg", 0]}, f"{one}.weight_kg", None]},
                "hold_ms": {"$round": [{"$multiply": [f"{one}.hold_s", 1000]}]},
            }
        },
        _values(),
    ]


_IS_AS_MEASURED = {"$eq": [{"$ifNull": ["$exercises.measured_exercise", "$exercises.exercise"]}, "$exercises.exercise"]}


def claims(sets: Pipeline) -> Pipeline:
    """Return the working sets as what may be records: what was seen of a set, and beyond that what is told."""
    is_told = {"$or": [{"$not": ["$verified"]}, {"$gt": ["$reps", "$seen_reps"]}]}
    seen = {"$cond": ["$verified", [{"verified": True, "reps": "$seen_reps"}], []]}
    told = {"$cond": [is_told, [{"verified": False, "reps": "$reps"}], []]}
    return [
        *sets,
        {"$set": {"claim": {"$concatArrays": [seen, told]}}},
        {"$unwind": "$claim"},
        {"$set": {"verified": "$claim.verified", "reps": "$claim.reps"}},
        _values(),
    ]


def _values() -> Stage:
    """Say what each set is worth as a record of each kind."""
    return {"$set": {"weight": _weight(), "one_rep_max": _one_rep_max(), "most_reps": _most_reps(), "hold": _hold()}}


FIELD_OF: dict[BestKind, str] = {
    "weight": "weight",
    "one_rep_max": "one_rep_max",
    "reps": "most_reps",
    "hold": "hold",
}
"""Where a set says what it is worth as a record."""


def _weight() -> Stage:
    return {"$cond": [{"$gt": ["$reps", 0]}, "$weight_kg", None]}


def _one_rep_max() -> Stage:
    estimate = {"$divide": [{"$multiply": ["$weight_kg", {"$add": ["$reps", EPLEY_REPS]}]}, float(EPLEY_REPS)]}
    some = {"$and": [{"$gte": ["$reps", 2]}, {"$lte": ["$reps", MOST_REPS_OF_ESTIMATE]}]}
    return {"$cond": [{"$eq": ["$reps", 1]}, "$weight_kg", {"$cond": [some, estimate, None]}]}


def _most_reps() -> Stage:
    return {"$cond": [{"$gt": ["$reps", 0]}, "$reps", None]}


def _hold() -> Stage:
    lasted = [{"$gt": ["$hold_ms", 0]}, {"$lte": ["$hold_ms", LONGEST_HOLD_MS]}]
    return {"$cond": [{"$and": lasted}, "$hold_ms", None]}


def best(claimed: Pipeline, kind: BestKind) -> Pipeline:
    """Return the best set of each exercise, verified and claimed apart."""
    field = FIELD_OF[kind]
    other = "$reps" if kind == "weight" else {"$ifNull": ["$weight_kg", 0]}
    order = {field: -1, "other": -1, "day": 1, "session_id": 1, "entry": 1, "number": 1}
    kept = ("reps", "weight_kg", "session_id", "day")
    return [
        *claimed,
        {"$match": {field: {"$ne": None}}},
        {"$set": {"other": other}},
        {"$sort": order},
        {
            "$group": {
                "_id": {"exercise": "$exercise", "verified": "$verified"},
                "value": {"$first": f"${field}"},
                **{name: {"$first": f"${name}"} for name in kept},
            }
        },
    ]


def trends(sets: Pipeline) -> Pipeline:
    """Return what each exercise came to in each week."""
    sums = {
        "sets": {"$sum": 1},
        "reps": {"$sum": "$reps"},
        "best_weight_kg": {"$max": "$weight"},
        "best_one_rep_max_kg": {"$max": "$one_rep_max"},
        "volume_kg": {"$sum": {"$multiply": ["$weight_kg", "$reps"]}},
        "hold_ms": {"$sum": "$hold"},
    }
    return [*sets, {"$group": {"_id": {"exercise": "$exercise", "week": "$week"}, **sums}}]


def gym_months(first: str, before: str) -> Pipeline:
    """Return what the members of each gym did in each month."""
    figures = {"sessions": {"$sum": 1}, "duration": {"$sum": "$duration"}}
    # A mean of means would not be theirs.
    accuracy = {"accurate": {"$sum": {"$cond": [_NO_ACCURACY, 0, 1]}}, "accuracy": {"$sum": "$accuracy"}}
    return [*_in_months(first, before), *_of_enough(["gym", "month"], figures | accuracy)]


_NO_ACCURACY = {"$eq": ["$accuracy", None]}


def gym_exercises(first: str, before: str) -> Pipeline:
    """Return the working sets of each exercise in each gym and month."""
    figures = {"sets": {"$sum": 1}, "reps": {"$sum": "$reps"}}
    return [*working_sets(_in_months(first, before)), *_of_enough(["gym", "month", "exercise"], figures)]


def _in_months(first: str, before: str) -> Pipeline:
    return [{"$match": {"day": {"$gte": first, "$lt": before}}}, {"$set": {"month": _MONTH}}]


def _of_enough(group: list[str], figures: Stage) -> Pipeline:
    """Add up by device and member, look up the devices' gyms, then count members."""
    by_device = {"device_id": "$device_id", "user_id": "$user_id", **{name: f"${name}" for name in group[1:]}}
    by_member = {"gym": "$gym", "user_id": "$_id.user_id", **{name: f"$_id.{name}" for name in group[1:]}}
    again = {name: {"$sum": f"${name}"} for name in figures}
    return [
        {"$group": {"_id": by_device, **figures}},
        {"$lookup": {"from": "devices", "localField": "_id.device_id", "foreignField": "_id", "as": "device"}},
        {"$unwind": {"path": "$device", "preserveNullAndEmptyArrays": True}},
        {"$set": {"gym": {"$ifNull": ["$device.gym", ""]}}},
        {"$group": {"_id": by_member, **again}},
        {"$group": {"_id": {name: f"$_id.{name}" for name in group}, "members": {"$sum": 1}, **again}},
        {"$match": {"members": {"$gte": SMALLEST_GROUP}}},
    ]
