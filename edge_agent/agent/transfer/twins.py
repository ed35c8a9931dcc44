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

logger = logging.getLogger(__name__)


class WithoutTwins:
    """The journal as the inbox sees it (`sync.inbox.FeedStore`).

    `next_rev` gives the revision of a deletion; `on_deletion` is called when there is one to hand over.
    """

    def __init__(self, journal: JournalWorker, next_rev: Callable[[], str], on_deletion: Callable[[], None]) -> None:
        self.feed_place = journal.feed_place
        self._journal = journal
        self._next_rev = next_rev
        self._on_deletion = on_deletion

    async def merge(self, changes: Sequence[Change], place: FeedPlace, at: str) -> None:
        """Delete imports of what comes, then merge it: killed in between, the page comes once more."""
        arriving = [found for one in changes if (found := _session(one))]
        for twin in await self._journal.ask(lambda journal: _twins(journal, arriving)):
            await self._journal.delete_record("session", twin, self._next_rev(), at)
            self._on_deletion()
            logger.info("import %s is deleted: its record has come down", twin)
        await self._journal.merge(changes, place, at)


def _session(change: Change) -> Session | None:
    if change.entity != "session" or change.doc is None:
        return None
    try:
        return msgspec.convert(change.doc, Session)
    except msgspec.ValidationError:
        return None


def _twins(journal: Journal, arriving: Sequence[Session]) -> list[str]:
    """Return the ids of imports that say the same as what arrives."""
    return [twin for one in arriving if _is_import_of(journal, twin := kept_id(one.user_id, one.session_id), one)]


def _is_import_of(journal: Journal, twin: str, record: Session) -> bool:
    try:
        here = journal.session(twin)
    except PermanentError:
        return False
    return says_the_same(here, msgspec.structs.replace(record, session_id=twin, source="import"))
