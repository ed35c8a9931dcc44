"""The histories of the members who were asked for last, held in memory and kept up with every commit.

Nothing is read before somebody asks. A member's documents are then decoded some at a time, so that a long history
keeps no save waiting; afterwards only what has changed is.
"""

import logging
from collections.abc import Iterable
from itertools import islice

import msgspec

from edge_agent.history.calendar import Calendar
from edge_agent.history.member import MemberHistory
from edge_agent.history.sets import Measured
from edge_agent.history.workouts import Workout, workout_of
from edge_agent.journal.indexes import of_user
from edge_agent.journal.session_table import SessionTable
from edge_agent.records import Session

logger = logging.getLogger(__name__)

MOST_HELD = 5_000
"""Workouts of all members together, about 4 kB each; a member with more is held nevertheless, alone."""

_MOST_MEMBERS = 500
"""Whoever has no workouts takes some room too."""
_MOST_READING = 8
"""Histories that are being read at the same time; nobody waits for more of them, their callers have gone."""


class _Kept(msgspec.Struct, frozen=True):
    """What is read of a document."""

    rev: str
    session: Session
    measured: tuple[Measured, ...] = ()


class Histories:
    """Holds histories, the one that was asked for last at the end. All methods raise `TemporaryError`."""

    def __init__(self, sessions: SessionTable) -> None:
        self._sessions = sessions
        self._held: dict[tuple[str, Calendar], _Held] = {}
        sessions.indexes.follower = self._changed

    def __len__(self) -> int:
        """Return how many workouts are held."""
        return sum(len(one.workouts) for one in self._held.values())

    def read(self, user_id: str, calendar: Calendar, limit: int) -> MemberHistory | None:
        """Read up to `limit` more workouts of a member; return the history once all are there."""
        held = self._held.pop((user_id, calendar), None) or _Held(self._sessions.ids_of(of_user(user_id)))
        self._held[user_id, calendar] = held
        for doc_id in list(islice(held.unread, limit)):
            held.take(doc_id, self._workout(doc_id, calendar))
        held.was_read |= not held.unread
        self._let_go()
        if held.unread:
            return None
        if held.history is None:
            held.history = MemberHistory(held.workouts.values(), calendar)
        return held.history

    def _workout(self, doc_id: int, calendar: Calendar) -> Workout | None:
        kept = self._sessions.readable_as(_Kept, doc_id)
        return workout_of(kept.session, (doc_id, kept.rev), calendar, kept.measured) if kept else None

    def _let_go(self) -> None:
        """Let go of those that were asked for longest ago, but not of the last.

        Nor of those that are just being read: two long ones would drive each other out for ever.
        """
        held = len(self)
        reading = [key for key, one in self._held.items() if not one.was_read]
        spared = {next(reversed(self._held)), *reading[-_MOST_READING:]}
        for key in [one for one in self._held if one not in spared]:
            if held <= MOST_HELD and len(self._held) <= _MOST_MEMBERS:
                return
            held -= len(self._held.pop(key).workouts)

    def _changed(self, doc_id: int, before: str | None, after: str | None) -> None:
        """Take in a committed change of a session that was one member's and is another's, or nobody's."""
        for (user_id, _), held in self._held.items():
            if user_id in {before, after}:
                held.changed(doc_id, is_there=user_id == after)


class _Held:
    def __init__(self, unread: Iterable[int]) -> None:
        self.unread = dict.fromkeys(unread)
        self.workouts: dict[int, Workout] = {}
        self.history: MemberHistory | None = None
        self.was_read = False
        """Whether all was there once; what has changed since is read by and by."""

    def take(self, doc_id: int, workout: Workout | None) -> None:
        """Take in what was read."""
        del self.unread[doc_id]
        if workout:
            self.workouts[doc_id] = workout

    def changed(self, doc_id: int, *, is_there: bool) -> None:
        self.history = None
        self.workouts.pop(doc_id, None)
        self.unread.pop(doc_id, None)
        if is_there:
            self.unread[doc_id] = None
