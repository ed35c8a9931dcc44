"""What to say after a workout, from the member's own figures: their last and best ones of the same exercise. Pure."""

from collections.abc import Mapping, Sequence

from edge_agent.history.answers import Summary
from edge_agent.records import Record

_NOTICEABLE = 0.02
"""Of accuracy; less is noise."""


class Done(Record, frozen=True, kw_only=True):
    """What has just been done."""

    reps: int
    accuracy: float | None


def motivation(done: Done, earlier: Sequence[Summary], words: Mapping[str, str]) -> str:
    """Return a sentence or two. `earlier` are workouts of the exercise, newest first; without any it is general."""
    if not earlier:
        return words["motivation_first"]
    return " ".join(one for one in (_about_reps(done, earlier, words), _about_form(done, earlier[0], words)) if one)


def _about_reps(done: Done, earlier: Sequence[Summary], words: Mapping[str, str]) -> str:
    last, most = earlier[0].reps, max(one.reps for one in earlier)
    figures = {"reps": done.reps, "last": last, "most": most, "more": done.reps - last, "count": len(earlier) + 1}
    if done.reps > most:
        key = "motivation_most"
    elif done.reps > last:
        key = "motivation_more"
    elif done.reps == last:
        key = "motivation_same"
    else:
        key = "motivation_fewer"
    return words[key].format_map(figures)


def _about_form(done: Done, last: Summary, words: Mapping[str, str]) -> str:
    if done.accuracy is None or last.score is None or abs(done.accuracy - last.score) < _NOTICEABLE:
        return ""
    key = "motivation_better_form" if done.accuracy > last.score else "motivation_worse_form"
    return words[key].format(now=round(done.accuracy * 100), last=round(last.score * 100))
