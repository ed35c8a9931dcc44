"""Summaries that a phone with a pose coach sends or keeps: one exercise, its reps, accuracy 0..1 and seconds.

Spelled as in its API (`user_id`, `feedback_points`) or its database (`userId`, `feedbackPoints`). The same workout
comes both ways, so its id follows from start and exercise alone.
"""

from collections.abc import Iterator
from typing import Any

from edge_agent.errors import PermanentError
from edge_agent.importing import quantities
from edge_agent.importing.objects import Fields, read_each
from edge_agent.importing.told import Item, Reading, ToldSet, ToldWorkout


def read(value: Any, reading: Reading) -> Iterator[Item]:
    """Yield each summary of a decoded file as a workout, and each entry that is none."""
    yield from read_each(value, reading, "pose_summary", _workout)


def _workout(where: str, fields: Fields, reading: Reading) -> ToldWorkout:
    start, exercise = fields.moment(reading.zone, "timestamp"), fields.text("exercise")
    if start is None or not exercise:
        raise PermanentError("a summary needs exercise and timestamp")
    reps = quantities.reps(fields.number("reps"))
    duration_s = fields.seconds("duration") or 0.0
    accuracy = fields.number("accuracy")
    if accuracy is not None and not 0 <= accuracy <= 1:
        raise PermanentError("accuracy {accuracy:g} is not between 0 and 1", accuracy=accuracy)
    if not reps and not duration_s:
        raise PermanentError("neither reps nor time")
    one = ToldSet(reps=reps, hold_s=None if reps else duration_s)
    return ToldWorkout(
        where=where,
        start=start,
        duration_s=duration_s,
        entries=((exercise, (one,)),),
        accuracy=accuracy,
        feedback_points=fields.texts("feedbackpoints"),
        identity=reading.named(exercise).key,
    )
