"""An import and the record that it was exported from are one workout, whichever comes first."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import msgspec
import pytest

from edge_agent import canonical
from edge_agent.agent.transfer.twins import WithoutTwins
from edge_agent.journal.worker import JournalWorker
from edge_agent.records import Change, FeedPlace, Session
from tests.journal_parts import make_session
from tests.transfer_parts import NOW, Desk, desk

RECORD = make_session(user_id="ann")
PAGE = FeedPlace(cursor="1")


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path / "here") as opened:
        yield opened


@pytest.fixture
def export(tmp_path: Path) -> bytes:
    with desk(tmp_path / "there") as there:
        there.save(RECORD)
        return asyncio.run(there.export("json"))


def come_down(here: Desk, session: Session, rev: str = "1771281290000-0000-other") -> None:
    """Merge a session as another kiosk has made it, in the year of its workout."""
    doc = msgspec.to_builtins(session)
    change = Change(entity="session", key=session.session_id, rev=rev, op="put", hash=canonical.digest(doc), doc=doc)
    with JournalWorker(here.journal) as worker:
        asyncio.run(WithoutTwins(here.journal.device_id, worker, lambda: None).merge([change], PAGE, NOW))


def test_a_record_takes_the_place_of_its_import(here: Desk, export: bytes) -> None:
    asyncio.run(here.bring(export, name="export.zip"))
    (imported,) = here.sessions()
    come_down(here, RECORD)
    (session,) = here.sessions()
    assert (session.session_id, session.source) == (RECORD.session_id, "camera")
    assert here.journal.is_deleted("session", imported.session_id)


def test_an_import_of_a_record_that_has_come_down_is_known(here: Desk, export: bytes) -> None:
    come_down(here, RECORD)
    assert asyncio.run(here.bring(export, name="export.zip")).known == 1
    assert [one.session_id for one in here.sessions()] == [RECORD.session_id]


def test_the_same_file_once_more_brings_the_import_not_back(here: Desk, export: bytes) -> None:
    asyncio.run(here.bring(export, name="export.zip"))
    come_down(here, RECORD)
    report = asyncio.run(here.bring(export, name="export.zip"))
    assert (report.known, report.rows[0].session_id, report.rows[0].reason) == (1, RECORD.session_id, "")
    assert len(here.sessions()) == 1


def test_an_import_stays_when_its_record_is_deleted_here_and_an_old_version_comes_late(
    here: Desk, export: bytes
) -> None:
    asyncio.run(here.bring(export, name="export.zip"))
    (imported,) = here.sessions()
    here.save(RECORD)
    here.journal.delete_record("session", RECORD.session_id, here.rev(), NOW)
    come_down(here, RECORD)
    assert here.sessions() == [imported]


def test_killed_in_between_the_record_is_here_and_the_page_comes_again(
    here: Desk, export: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(here.bring(export, name="export.zip"))
    with monkeypatch.context() as killed:
        killed.setattr(here.journal, "delete_record", Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            come_down(here, RECORD)
    assert RECORD.session_id in {one.session_id for one in here.sessions()}
    assert here.journal.feed_place() != PAGE
    come_down(here, RECORD)
    assert [one.session_id for one in here.sessions()] == [RECORD.session_id]


def test_an_import_that_is_deleted_meanwhile_stops_no_page(
    here: Desk, export: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(here.bring(export, name="export.zip"))
    (imported,) = here.sessions()
    merge = here.journal.merge

    def and_its_member_deletes_it(*page: Any) -> None:
        merge(*page)
        if not here.journal.is_deleted("session", imported.session_id):
            here.journal.delete_record("session", imported.session_id, here.rev(), NOW)

    monkeypatch.setattr(here.journal, "merge", and_its_member_deletes_it)
    come_down(here, RECORD)
    assert here.journal.feed_place() == PAGE


def test_an_import_that_was_edited_stays_beside_its_record(here: Desk, export: bytes) -> None:
    asyncio.run(here.bring(export, name="export.zip"))
    here.save(msgspec.structs.replace(here.sessions()[0], notes="with belt"))
    come_down(here, RECORD)
    assert {one.source for one in here.sessions()} == {"camera", "import"}


def test_an_import_that_was_edited_at_another_kiosk_meanwhile_comes_back(here: Desk, export: bytes) -> None:
    asyncio.run(here.bring(export, name="export.zip"))
    edited, rev = msgspec.structs.replace(here.sessions()[0], notes="with belt"), here.rev()
    come_down(here, RECORD)
    come_down(here, edited, rev)
    assert {one.notes for one in here.sessions()} == {None, "with belt"}


def test_nobody_elses_import_is_touched(here: Desk, export: bytes) -> None:
    asyncio.run(here.bring(export, "bob", name="export.zip"))
    come_down(here, RECORD)
    assert len(here.sessions("bob")) == 1
