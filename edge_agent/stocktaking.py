"""How the cloud compares a kiosk with its database: it asks what the kiosk has, and for what it lacks. Pure.

Questions come on the kiosk's `down` topic, answers go on its `up` topic, each one JSON object. An answer may be parted
into several messages (`more`). Everything may come twice or late: questions change nothing, and sending again is safe.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, TypeVar

import msgspec

from edge_agent import wire
from edge_agent.digests import DayDigest, Version
from edge_agent.records import Record

PART_LENGTH = 500
"""Days, versions or names in one message at most."""

T = TypeVar("T")

_Id = Annotated[str, msgspec.Meta(max_length=64)]


class AskDays(Record, frozen=True, kw_only=True, tag="ask_days", tag_field="kind"):
    """Asks for a digest of each day's living records that the device made itself, be they confirmed or not."""

    id: _Id


class AskVersions(Record, frozen=True, kw_only=True, tag="ask_versions", tag_field="kind"):
    """Asks for the records of some days."""

    id: _Id
    days: tuple[str, ...]


class AskAgain(Record, frozen=True, kw_only=True, tag="ask_again", tag_field="kind"):
    """Asks to send records again though they were confirmed, deletions too; `names` are entities and keys."""

    id: _Id
    names: Annotated[tuple[tuple[str, str], ...], msgspec.Meta(max_length=PART_LENGTH)]


class Days(Record, frozen=True, kw_only=True, tag="days", tag_field="kind"):
    """A part of the answer to `AskDays`."""

    id: _Id
    days: tuple[DayDigest, ...]
    more: bool = False


class Versions(Record, frozen=True, kw_only=True, tag="versions", tag_field="kind"):
    """A part of the answer to `AskVersions`."""

    id: _Id
    versions: tuple[Version, ...]
    more: bool = False


class Again(Record, frozen=True, kw_only=True, tag="again", tag_field="kind"):
    """Says which records are not on the device; the others are under way."""

    id: _Id
    unknown: tuple[tuple[str, str], ...] = ()
    more: bool = False


Question = AskDays | AskVersions | AskAgain
Answer = Days | Versions | Again

_encoder = msgspec.json.Encoder(order="sorted")
_questions: msgspec.json.Decoder[Question] = msgspec.json.Decoder(Question)
_answers: msgspec.json.Decoder[Answer] = msgspec.json.Decoder(Answer)


def encode(message: Question | Answer) -> bytes:
    """Return a question or an answer as a message."""
    return _encoder.encode(message)


def read_question(payload: bytes, properties: Mapping[str, str]) -> Question | None:
    """Return a message on a `down` topic if it is a question."""
    return _read(_questions, payload, properties)


def read_answer(payload: bytes, properties: Mapping[str, str]) -> Answer | None:
    """Return a message on an `up` topic if it is an answer."""
    return _read(_answers, payload, properties)


def days_parts(question_id: str, days: Sequence[DayDigest]) -> list[Days]:
    """Return an answer in parts; there is always one."""
    parts = [tuple(days[start : start + PART_LENGTH]) for start in range(0, len(days), PART_LENGTH)] or [()]
    return [Days(id=question_id, days=part, more=part is not parts[-1]) for part in parts]


def versions_parts(question_id: str, versions: Sequence[Version]) -> list[Versions]:
    """Return an answer in parts; there is always one."""
    parts = [tuple(versions[start : start + PART_LENGTH]) for start in range(0, len(versions), PART_LENGTH)] or [()]
    return [Versions(id=question_id, versions=part, more=part is not parts[-1]) for part in parts]


def _read(decoder: msgspec.json.Decoder[T], payload: bytes, properties: Mapping[str, str]) -> T | None:
    if properties.get("schema") != wire.PROPERTIES["schema"]:
        return None
    try:
        return decoder.decode(payload)
    except wire.UNREADABLE:
        return None
