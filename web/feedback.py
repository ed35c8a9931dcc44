"""The sentences after a workout in the reader's language.

They are kept in English with the workout, made from its figures (`sessions.feedback`). Each is recognised by its
English text in the catalogue and said again from the same figures; what is not recognised, such as another program's,
stays as it is.
"""

import functools
import re

from edge_agent.records import Session
from web.display import exercise_name, said
from web.reader import reader, words
from web.texts import ENGLISH, catalogues

_FAMILY = "point_"
_WORDS = ("fault", "value")
"""Marks that stand for more than a number."""


def feedback(point: str, session: Session) -> str:
    """Return one of a workout's points."""
    name, colon, rest = point.partition(": ")
    keys = {entry.name: entry.exercise for entry in session.exercises}
    if reader().language == ENGLISH or not colon or name not in keys:
        return point
    return f"{exercise_name(keys[name], name)}: {_said_again(rest) or _pieces_again(rest)}"


def _pieces_again(sentence: str) -> str:
    """Return what was held: how long, and each fault, in pieces of which each has its text."""
    pieces = sentence.removesuffix(".").split("; ")
    return "; ".join(_said_again(piece) or piece for piece in pieces) + "." * sentence.endswith(".")


def _said_again(text: str) -> str | None:
    for key, pattern in _patterns():
        if found := pattern.fullmatch(text):
            return words().page[key].format(**{mark: _figure(mark, one) for mark, one in found.groupdict().items()})
    return None


def _figure(mark: str, text: str) -> str:
    return said(text) if mark == "fault" else text.replace(".", words().page["decimal_point"])


@functools.cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the English texts as patterns, those with most words first, so that the plainer ones don't take theirs."""
    texts = {key: text for key, text in catalogues()[ENGLISH].page.items() if key.startswith(_FAMILY)}
    ranked = sorted(texts.items(), key=lambda one: len(one[1]), reverse=True)
    return tuple((key, re.compile(re.sub(r"\\{(\w+)\\}", _group, re.escape(text)))) for key, text in ranked)


def _group(mark: re.Match[str]) -> str:
    return f"(?P<{mark[1]}>{'.+?' if mark[1] in _WORDS else '[0-9.]+'})"
