"""A workout that was imported from an export, and then comes down itself: the record takes the place of the import.

The import's id follows from the record's (`importing.told.kept_id`). One that was edited since says something else than
its record: both stay, for nobody but their member knows which is right.
"""

import logging
from collections.abc import Callable, Sequence

import msgspec

from edge_agent.agent.transfer.landing import says_the_same
from edge_agent.errors import PermanentError
from edge_agent.importing.told import kept_id
from edge_agent.journal.tables import Journal
from edge_agent.journal.worker import JournalWorker
from edge_agent.records import Change, FeedPlace, Session
from edge_agent.sync.clock import HybridClock

logger = logging.getLogger(__name__)


class WithoutTwins:
    """The journal as the inbox sees it (`sync.inbox.FeedStore`).

    `on_deletion` is called when there is a deletion to hand over.
    """

    def __init__(self, device_id: str, journal: JournalWorker, on_deletion: Callable[[], None]) -> None:
        self.feed_place = journal.feed_place
        self._device_id = device_id
        self._journal = journal
        self._on_deletion = on_deletion

    async def merge(self, changes: Sequence[Change], place: FeedPlace, at: str) -> None:
        """Merge a page, then delete imports of what is here by then; only after that it is a page that is done.

        Killed in between, the page comes once more: first a workout is here twice, never not at all.
        """
        arriving = [found for one in changes if (found := _session(one))]
        if await self._journal.ask(lambda journal: _with_import(journal, arriving)):
            await self._journal.merge(changes, await self._journal.feed_place(), at)
            await self._delete_imports(arriving, at)
        await self._journal.merge(changes, place, at)

    async def _delete_imports(self, arriving: Sequence[Session], at: str) -> None:
        deleted = await self._journal.ask(lambda journal: _delete_imports(journal, arriving, self._device_id, at))
        for one in deleted:
            logger.info("import %s is deleted: its record has come down", one)
        if deleted:
            self._on_deletion()


def _session(change: Change) -> Session | None:
    if change.entity != "session" or change.doc is None:
        return None
    try:
        return msgspec.convert(change.doc, Session)
    except msgspec.ValidationError:
        return None


def _with_import(journal: Journal, arriving: Sequence[Session]) -> bool:
    """Tell whether an import of any of these may be here."""
    return any(_here(journal, _import_of(one)) for one in arriving)


def _delete_imports(journal: Journal, arriving: Sequence[Session], device_id: str, at: str) -> list[str]:
    """Delete imports that say the same as their record says here; return their ids.

    Nobody has asked for such a deletion, so it is hardly newer than the import: a correction at another kiosk wins.
    """
    deleted = []
    for one in arriving:
        twin, record = _import_of(one), _here(journal, one.session_id)
        imported = _here(journal, twin)
        if record and imported and _is_import_of(imported, record):
            rev = HybridClock(device_id, journal.whereabouts(twin).rev).tick(0)
            journal.delete_record("session", twin, rev, at)
            deleted.append(twin)
    return deleted


def _is_import_of(imported: Session, record: Session) -> bool:
    told = msgspec.structs.replace(record, session_id=imported.session_id, source="import")
    return imported.source == "import" and says_the_same(imported, told)


def _import_of(record: Session) -> str:
    return kept_id(record.user_id, record.session_id)


def _here(journal: Journal, session_id: str) -> Session | None:
    """Return a session that is here; None for one that was deleted, be it that it can be taken back."""
    try:
        return journal.session(session_id)
    except PermanentError:
        return None
