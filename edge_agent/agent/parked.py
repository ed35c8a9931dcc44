"""Why the cloud or the broker refused a record: it comes as English text, over the wire or out of the journal.

Its sentences are known here by their templates, so that pages can say them in their reader's language; others, such as
those of a newer cloud worker, stay as they are.
"""

import functools
import re

from edge_agent.phrase import Phrase

_KNOWN = (
    Phrase("{size} bytes are too many for the broker (limit {limit})"),
    Phrase("the broker refuses the message (reason {code})"),
    Phrase("the cloud has other content under the same revision"),
    Phrase("a session of a kiosk that is in another gym, or in none: put both into one gym"),
    Phrase("unknown kind of record {kind}: upgrade the cloud worker"),
    Phrase("{key} is no key"),
    Phrase("a {operation} without a document"),
    Phrase("a {operation} with a document"),
    Phrase("the document does not match its hash"),
    Phrase("not a {kind}: {cause}"),
    Phrase("the {kind}'s own id is {own_id}, not its key"),
    Phrase("{device_id} is no device id"),
    Phrase("{time} is not a time in ISO 8601 with offset"),
    Phrase("{user_id} is no user id"),
    Phrase("{program_id} is no program's key"),
    Phrase("the database cannot take it: {number} is too large a number"),
    Phrase("the database cannot take it: a field's name has a NUL in it"),
    Phrase("the database cannot take it: nested deeper than {levels} levels"),
    Phrase("the database cannot take it: {bytes} bytes are more than {limit}"),
)


def recognised(reason: str) -> Phrase:
    """Return the phrase that a text was made from, or the text as a phrase of its own."""
    for phrase in _KNOWN:
        if match := _pattern(phrase.template).fullmatch(reason):
            return Phrase(phrase.template, **match.groupdict())
    return Phrase(reason)


@functools.cache
def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(template)), re.DOTALL)
