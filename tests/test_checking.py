from typing import Any

import msgspec
import pytest

from edge_agent import canonical
from edge_agent.cloud.checking import check
from edge_agent.errors import PermanentError
from edge_agent.records import Change, Session
from tests.sync_parts import DEVICE, make_change, make_rev


def with_document(**fields: Any) -> Change:
    """A change whose document differs, with a hash that matches."""
    change = make_change(1)
    assert change.doc is not None
    document = change.doc | fields
    return msgspec.structs.replace(change, doc=document, hash=canonical.digest(document))


def test_a_sound_session_is_delivered_as_a_session() -> None:
    delivery = check(make_change(1), DEVICE)
    assert delivery.device_id == DEVICE
    assert delivery.document == msgspec.convert(make_change(1).doc, Session)


def test_a_deletion_has_no_document() -> None:
    change = make_change(1, op="delete", doc=None, hash=canonical.digest(None))
    assert check(change, DEVICE).document is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (make_change(1, hash="0" * 64), "does not match its hash"),
        (make_change(1, entity="horse"), "unknown kind of record 'horse': upgrade"),
        (make_change(1, key="a b"), "is no key"),
        (make_change(1, key="other", doc=make_change(1).doc, hash=make_change(1).hash), "own id"),
        (make_change(1, op="delete"), "a delete with a document"),
        (make_change(1, doc=None), "a put without a document"),
        (with_document(reps=5), "not a session"),
        (with_document(duration_s="long"), "not a session"),
        (with_document(start_time="yesterday"), "'yesterday' is not a time"),
        (with_document(end_time="2026-02-16T23:34:50"), "is not a time in ISO 8601 with offset"),
        (with_document(device_id="kiosk-2"), "a session of device 'kiosk-2', sent by 'kiosk-1'"),
    ],
)
def test_what_is_wrong_is_refused_with_its_reason(change: Change, reason: str) -> None:
    with pytest.raises(PermanentError, match=reason):
        check(change, DEVICE)


def test_the_journals_revisions_are_sound() -> None:
    assert check(make_change(1, rev=make_rev(5)), DEVICE).change.rev == make_rev(5)
