import pytest

from edge_agent.errors import ConflictError, PermanentError
from edge_agent.interface.people import SignInError
from edge_agent.phrase import Phrase, joined

GERMAN = {
    "no exercise {key!r}": "keine Übung {key!r}",
    "line {line}: {reason}": "Zeile {line}: {reason}",
    "the file is empty": "die Datei ist leer",
}


def test_a_phrase_is_its_english_text() -> None:
    phrase = Phrase("{count} of {most:g} s", count=3, most=4.0)
    assert phrase == "3 of 4 s"
    assert type(str(phrase)) is str


def test_a_phrase_is_said_in_another_language() -> None:
    assert Phrase("no exercise {key!r}", key="x").said_in(GERMAN) == "keine Übung 'x'"


def test_phrases_within_a_phrase_are_said_in_it_too() -> None:
    phrase = Phrase("line {line}: {reason}", line=5, reason=Phrase("the file is empty"))
    assert phrase.said_in(GERMAN) == "Zeile 5: die Datei ist leer"


def test_what_a_language_lacks_stays_english() -> None:
    assert Phrase("line {line}: {reason}", line=5, reason="why").said_in({}) == "line 5: why"


def test_words_that_somebody_typed_are_never_translated() -> None:
    phrase = Phrase("line {line}: {reason}", line=5, reason="the file is empty")
    assert phrase.said_in(GERMAN) == "Zeile 5: the file is empty"


@pytest.mark.parametrize("typed", ["{line}", "{", "}{", "{0.__class__}", "{key!r}"])
def test_braces_that_somebody_typed_stay_as_they_are(typed: str) -> None:
    assert typed in Phrase("no exercise {key}", key=typed).said_in({"no exercise {key}": "keine Übung {key}"})
    assert Phrase(typed).said_in(GERMAN) == typed
    assert str(PermanentError(typed)) == typed


def test_a_phrase_keeps_no_error_alive() -> None:
    assert Phrase("not JSON: {cause}", cause=ValueError("x")).values == {"cause": "x"}


def test_texts_within_a_phrase_can_be_cut() -> None:
    phrase = Phrase("line {line}: {reason}", line=5, reason=Phrase("no exercise {key!r}", key="squat"))
    assert phrase.with_texts(lambda text: text[:2]).said_in(GERMAN) == "Zeile 5: keine Übung 'sq'"


def test_a_text_from_elsewhere_can_be_cut() -> None:
    assert Phrase("{a long text").with_texts(lambda text: text[:3]) == "{a "


def test_phrases_that_are_joined_are_said_one_by_one() -> None:
    both = joined("; ", [Phrase("the file is empty"), Phrase("no exercise {key!r}", key="x"), "{plain}"])
    assert both == "the file is empty; no exercise 'x'; {plain}"
    assert both.said_in(GERMAN) == "die Datei ist leer; keine Übung 'x'; {plain}"


def test_nothing_joined_is_nothing() -> None:
    assert joined("; ", []) == ""


def test_an_error_tells_its_english_words_and_its_phrase() -> None:
    error = ConflictError("no exercise {key!r}", key="x")
    assert str(error) == "no exercise 'x'"
    assert error.phrase.said_in(GERMAN) == "keine Übung 'x'"


def test_an_error_takes_over_the_phrase_of_another() -> None:
    error = SignInError(PermanentError("no exercise {key!r}", key="x").phrase, 3)
    assert (str(error), error.phrase.template, error.retry_after_s) == ("no exercise 'x'", "no exercise {key!r}", 3)
