import hashlib
from typing import Any

import msgspec
import pytest

from edge_agent import canonical, wire
from edge_agent.cloud import checking
from edge_agent.cloud.documents import KINDS, own_id
from edge_agent.errors import PermanentError
from edge_agent.records import Change, PackedChange, Session
from tests.cloud_parts import check, check_in, member, one_of_each, program, progress, put, readiness, session
from tests.sync_parts import DEVICE, huge_session, make_change, make_rev, unpacked


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


def test_a_session_may_come_from_another_kiosk_than_the_one_that_measured_it() -> None:
    delivery = check(with_document(device_id="kiosk-2"), DEVICE)
    assert delivery.device_id == DEVICE


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
        (with_document(device_id="kiosk/2"), "'kiosk/2' is no device id"),
    ],
)
def test_what_is_wrong_is_refused_with_its_reason(change: Change, reason: str) -> None:
    with pytest.raises(PermanentError, match=reason):
        check(change, DEVICE)


def test_a_document_is_refused_that_some_database_would_end_the_connection_at() -> None:
    """MariaDB does at 16 MB, and would be tried again and again."""
    check(with_document(notes='"' * 2_000_000), DEVICE)
    with pytest.raises(PermanentError, match=r"cannot take it: \d+ bytes are more than 4194304"):
        check(with_document(notes="x" * 4_200_000), DEVICE)


def test_the_journals_revisions_are_sound() -> None:
    assert check(make_change(1, rev=make_rev(5)), DEVICE).change.rev == make_rev(5)


# Other kinds of records


def nested(levels: int) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for _ in range(levels):
        document = {"in": document}
    return document


@pytest.mark.parametrize("change", one_of_each(), ids=lambda change: change.entity)
def test_each_kind_is_delivered_read(change: Change) -> None:
    document = check(change, DEVICE).document
    assert isinstance(document, KINDS[change.entity])
    assert own_id(document) == change.key


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (put(1, "member", "ann", user_id="bob", name="Bob"), "the member's own id is 'bob', not its key"),
        (check_in(1, "one", id="two"), "the check-in's own id is 'two', not its key"),
        (program(1, weeks=[]), "not a program: .*unknown field `weeks`"),
        (progress(1, week_number="first"), "not a progress"),
        (progress(1, program_id="a plan"), "'a plan' is no program's key"),
        (progress(1, completed_at="2026-01-28"), "'2026-01-28' is not a time"),
        (readiness(1, created_at="0999-12-31T23:00:00Z"), "is not a time"),
        (readiness(1, user_id=""), "'' is no user id"),
        (session(1, "one", user_id="ann "), "'ann ' is no user id"),
        (session(1, "one", user_id="a\0b"), "is no user id"),
        (session(1, "one", user_id="a" * 256), "is no user id"),
        (session(1, "one", end_time="0001-01-01T00:00:00+14:00"), "is not a time"),
        (huge_session(), "cannot take it: 1000.* is too large a number"),
        (member(1, profile={"a\0": 1}), "cannot take it: a field's name has a NUL in it"),
        (member(1, profile={"n": [2**63]}), "cannot take it: 9223372036854775808 is too large"),
        (member(1, profile=nested(50)), "cannot take it: nested deeper than 50 levels"),
    ],
)
def test_what_a_database_could_not_keep_is_refused_before(change: Change, reason: str) -> None:
    with pytest.raises(PermanentError, match=reason):
        check(change, DEVICE)


@pytest.mark.parametrize(
    "change",
    [
        session(1, "one", user_id="ann.müller+gym@example.org"),
        session(1, "one", user_id="A" * 255),
        member(1, profile=nested(48)),
        member(1, profile={"n": [-(2**63), 2**63 - 1]}),
    ],
)
def test_what_is_unusual_is_not_refused(change: Change) -> None:
    assert unpacked(check(change, DEVICE).change) == change


def sent(text: bytes, digest: str) -> PackedChange:
    return msgspec.structs.replace(wire.pack(make_change(1)), doc=msgspec.Raw(text), hash=digest)


CANONICAL = canonical.encode(make_change(1).doc)
INDENTED = msgspec.json.format(CANONICAL)
NOT_SORTED = msgspec.json.encode(msgspec.convert(make_change(1).doc, Session))
WITHOUT_DEFAULTS = canonical.encode({name: value for name, value in make_change(1).doc.items() if value is not None})  # type: ignore[union-attr]


@pytest.mark.parametrize("text", [CANONICAL, INDENTED, NOT_SORTED, WITHOUT_DEFAULTS])
def test_a_document_becomes_canonical_however_it_was_written(text: bytes) -> None:
    digest = canonical.digest(msgspec.json.decode(text))
    delivery = checking.check(sent(text, digest), DEVICE)
    assert hashlib.sha256(delivery.change.doc).hexdigest() == digest


@pytest.mark.parametrize("text", [INDENTED, NOT_SORTED, CANONICAL.replace(b"{", b'{"day":1,', 1)])
def test_the_hash_of_another_text_than_the_canonical_one_is_refused(text: bytes) -> None:
    with pytest.raises(PermanentError, match="does not match its hash"):
        checking.check(sent(text, hashlib.sha256(text).hexdigest()), DEVICE)


@pytest.mark.parametrize("text", [b"[]", b"7", b'"\xff"', b'{"session_id": "\xff"}'])
def test_what_is_no_document_is_refused(text: bytes) -> None:
    with pytest.raises(PermanentError, match="not a session"):
        checking.check(sent(text, hashlib.sha256(text).hexdigest()), DEVICE)
