"""What to say after a workout, from the member's own figures: their last and best ones of the same exercise. Pure."""

from collections.abc import Mapping, Sequence

from edge_agent.history.answers import Summary
from edge_agent.records import Record

_NOTICEABLE = 0.02
"""Of accuracy; less is noise."""

_REPS = ("motivation_reps_most", "motivation_reps_same", "motivation_reps_more", "motivation_reps_fewer")
_HELD = ("motivation_held_most", "motivation_held_same", "motivation_held_more", "motivation_held_fewer")


class Done(Record, frozen=True, kw_only=True):
    """What has just been done: reps, or seconds of an exercise that is held."""

    reps: int
    hold_s: float = 0.0
    accuracy: float | None
    number: int
    """Which workout with this exercise it is."""


def motivation(done: Done, earlier: Sequence[Summary], words: Mapping[str, str]) -> str:
    """Return a sentence or two, a general one without `earlier`: workouts of this exercise alone, newest first."""
    if not earlier:
        return words["motivation_first"]
    return " ".join(one for one in (_about_amount(done, earlier, words), _about_form(done, earlier[0], words)) if one)


def _about_amount(done: Done, earlier: Sequence[Summary], words: Mapping[str, str]) -> str:
    most, same, more, fewer = _REPS if done.reps else _HELD
    now = done.reps or round(done.hold_s)
    before = [one.reps if done.reps else round(one.hold_s) for one in earlier]
    if now > max(before):
        key = most
    elif now == before[0]:
        key = same
    else:
        key = more if now > before[0] else fewer
    return words[key].format(now=now, last=before[0], more=now - before[0], number=done.number)


def _about_form(done: Done, last: Summary, words: Mapping[str, str]) -> str:
    if done.accuracy is None or last.score is None or abs(done.accuracy - last.score) < _NOTICEABLE:
        return ""
    key = "motivation_better_form" if done.accuracy > last.score else "motivation_worse_form"
    return words[key].format(now=round(done.accuracy * 100), last=round(last.score * 100))
