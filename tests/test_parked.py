"""The sentences by which cloud and broker refuse a record are known, as they stand in the source that says them."""

import ast
import re
from pathlib import Path

import pytest

from edge_agent.agent.parked import recognised
from edge_agent.phrase import Phrase

EDGE_AGENT = Path(__file__).parents[1] / "edge_agent"
SOURCES = ("cloud/checking.py", "cloud/ingest.py", "sync/dispatch.py")
REFUSING = frozenset({"PermanentError", "refuse", "_set_aside"})


def sentences() -> list[str]:
    """Return what the sources refuse with, `x` in the place of what is filled in."""
    calls = (
        (call, name)
        for source in SOURCES
        for call in ast.walk(ast.parse((EDGE_AGENT / source).read_text()))
        if isinstance(call, ast.Call) and (name := getattr(call.func, "id", getattr(call.func, "attr", ""))) in REFUSING
    )
    return [text for call, _ in calls if call.args and (text := filled_in(call.args[-1]))]


def filled_in(words: ast.expr) -> str:
    if isinstance(words, ast.Constant):
        return str(words.value)
    parts = words.values if isinstance(words, ast.JoinedStr) else []
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in parts)


def test_every_reason_of_the_cloud_is_known() -> None:
    found = sentences()
    assert len(found) > 12
    for sentence in found:
        words = sentence.replace("a x x a document", "a x with a document")
        assert recognised(words).values or recognised(words).template in GERMAN_WITHOUT_VALUES, sentence


GERMAN_WITHOUT_VALUES = (
    "the cloud has other content under the same revision",
    "a session of a kiosk that is in another gym, or in none: put both into one gym",
    "the document does not match its hash",
    "the database cannot take it: a field's name has a NUL in it",
)


@pytest.mark.parametrize("reason", ["", "{size}", "something new: {x}"])
def test_other_reasons_stay_as_they_are(reason: str) -> None:
    assert recognised(reason) == reason
    assert not recognised(reason).values


def test_what_was_filled_in_is_found_again() -> None:
    phrase = recognised("70000 bytes are too many for the broker (limit 65536)")
    assert isinstance(phrase, Phrase)
    assert re.sub(r"\{\w+\}", "-", phrase.template) == "- bytes are too many for the broker (limit -)"
    assert phrase.values == {"size": "70000", "limit": "65536"}
