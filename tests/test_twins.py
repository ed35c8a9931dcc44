"""An import and the record that it was exported from are one workout, whichever comes first."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from edge_agent import canonical
from edge_agent.agent.transfer.twins import WithoutTwins
from edge_agent.journal.worker import JournalWorker
from edge_agent.records import Change, FeedPlace, Session
from tests.journal_parts import make_session
from tests.transfer_parts import NOW, Desk, desk

RECORD = make_session(user_id="ann")


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path / "here") as opened:
        yield opened


@pytest.fixture
def export(tmp_path: Path) -> bytes:
    with desk(tmp_path / "there") as there:
        there.save(RECORD)
        return asyncio.run(there.export("json"))


def come_down(here: Desk, session: Session) -> None:
    """Merge a session as another kiosk has made it, in the year of its workout."""
    doc = msgspec.to_builtins(session)
    change = Change(
        entity="session",
        key=session.session_id,
        rev="1771281290000-0000-other",
        op="put",
        hash=canonical.digest(doc),
        doc=doc,
    )
    with JournalWorker(here.journal) as worker:
        asyncio.run(WithoutTwins(worker, here.rev, lambda: None).merge([change], FeedPlace(cursor="1"), NOW))


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
    assert asyncio.run(here.bring(export, name="export.zip")).known == 1
    assert len(here.sessions()) == 1


def test_an_import_that_was_edited_stays_beside_its_record(here: Desk, export: bytes) -> None:
    asyncio.run(here.bring(export, name="export.zip"))
    here.save(msgspec.structs.replace(here.sessions()[0], notes="with belt"))
    come_down(here, RECORD)
    assert {one.source for one in here.sessions()} == {"camera", "import"}


def test_nobody_elses_import_is_touched(here: Desk, export: bytes) -> None:
    asyncio.run(here.bring(export, "bob", name="export.zip"))
    come_down(here, RECORD)
    assert len(here.sessions("bob")) == 1
