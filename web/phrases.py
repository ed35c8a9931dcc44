"""What the agent says (`edge_agent.phrase`), in the reader's language: refusals, reasons and states.

Pages and answers have it translated on the way out, wherever it stands: `finalize` for templates, `ENCODERS` for JSON.
"""

from typing import Any

from edge_agent.phrase import Phrase
from web.reader import words
from web.texts import catalogues


def said(text: str) -> str:
    """Return a phrase, or a text that may be one, in the reader's language; what the catalogue lacks stays as it is."""
    return Phrase.of(text).said_in(words().phrases)


def said_in(language: str, value: Any) -> str:
    """Return a phrase that the JSON encoder has come upon. Raises `TypeError` for anything else, as it asks for."""
    if isinstance(value, Phrase):
        return value.said_in(catalogues()[language].phrases)
    raise TypeError(f"{type(value)} can't be encoded")


def finalize(value: Any) -> Any:
    """Return what a template writes."""
    return said(value) if isinstance(value, Phrase) else value


ENCODERS = {Phrase: said}
