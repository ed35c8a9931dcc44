"""Versions of records as several kiosks make them."""

from typing import Any

import msgspec

from edge_agent import canonical
from edge_agent.journal.kept import checked
from edge_agent.journal.tables import Journal
from edge_agent.records import Change, FeedPlace
from tests.journal_parts import make_session

NOW = "2026-02-17T00:00:00+01:00"
HERE = FeedPlace(cursor="here", filled=True)


def rev(number: int, device: str = "kiosk-2") -> str:
    return f"{1_771_281_290_000 + number:013d}-0000-{device}"


def put(number: int, *, entity: str = "member", key: str = "ann", device: str = "kiosk-2", **doc: Any) -> Change:
    """A version of a record; a session's document is whole, with `doc` put into it."""
    whole = (checked(make_session(key)) if entity == "session" else {"version": number}) | doc
    doc = msgspec.json.decode(msgspec.json.encode(whole))
    return Change(entity=entity, key=key, rev=rev(number, device), op="put", hash=canonical.digest(doc), doc=doc)


def delete(number: int, *, entity: str = "member", key: str = "ann", device: str = "kiosk-2") -> Change:
    digest = canonical.digest(None)
    return Change(entity=entity, key=key, rev=rev(number, device), op="delete", hash=digest, doc=None)


def merge(journal: Journal, *changes: Change) -> None:
    journal.merge(changes, HERE, NOW)


def contents(journal: Journal, entity: str) -> dict[str, Any]:
    """All present documents of a kind with their histories."""
    return {
        key: (journal.record(entity, key), journal.record_history(entity, key)) for key in journal.record_keys(entity)
    }
