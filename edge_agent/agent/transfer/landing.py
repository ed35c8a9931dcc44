"""Whether a workout of a file is taken in, and taking it in: what is here stays as it is, what was deleted stays away.

All of it happens in the journal's thread, a few workouts at a time, so nothing can come in between looking and saving.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from edge_agent.errors import PermanentError
from edge_agent.importing.told import Found, Item, Refused
from edge_agent.interface.transfer import ImportRow, Outcome
from edge_agent.journal.tables import Journal
from edge_agent.phrase import Phrase, joined
from edge_agent.records import Session

Fingerprint = tuple[float, tuple[tuple[str, int, int, float | None, float | None], ...]]
"""When a workout began, and what was done."""

Complete = Callable[[Session], Session]
"""Adds what can be known of a workout though its file does not tell it: its calories."""

_NOTHING_TO_SAY = Phrase("")
_DELETED = Phrase("was deleted here, so it stays deleted")
_CHANGED = Phrase("is here and differs, since it was edited here or in the file; what is here stays")


class Landing:
    """One import of one member."""

    def __init__(self, user_id: str, present: dict[Fingerprint, str], complete: Complete, *, dry_run: bool) -> None:
        """`present` are the ids of the member's workouts that are here, by what was done."""
        self._user_id = user_id
        self._complete = complete
        self._dry_run = dry_run
        self._present = present
        self._taken: dict[str, Session] = {}

    def land(self, items: Sequence[Item], journal: Journal, revs: Sequence[str], saved_at: str) -> list[ImportRow]:
        """Take in some workouts; `revs` is a new revision for each. Raises `TemporaryError`: run the import again."""
        removed = journal.removed_sessions()
        return [
            _refused(item) if isinstance(item, Refused) else self._land_one(item, journal, rev, saved_at, removed)
            for item, rev in zip(items, revs, strict=True)
        ]

    def _land_one(self, item: Found, journal: Journal, rev: str, saved_at: str, removed: dict[str, str]) -> ImportRow:
        try:
            if row := self._known(item, journal, removed):
                return row
            if not self._dry_run:
                journal.save_session(self._complete(item.session), rev, saved_at)
        except PermanentError as error:
            return _refused(Refused(where=item.where, reason=error.phrase, title=item.title))
        self._taken[item.session.session_id] = _plain(item.session)
        self._present.setdefault(fingerprint(item.session), item.session.session_id)
        return row_of(item, "new", joined("; ", _left_out(item)))

    def _known(self, item: Found, journal: Journal, removed: dict[str, str]) -> ImportRow | None:
        """Return what there is to say of a workout that is not new. Raises `PermanentError` for one that can't be."""
        session_id = item.session.session_id
        if taken := self._taken.get(session_id):
            if says_the_same(taken, item.session):
                return row_of(item, "known", Phrase("stands twice in what is imported"))
            raise PermanentError("another workout of this import began at the same time under the same title")
        ids = [one for one in (session_id, item.original_id) if one]
        for one in ids:
            here = _session(journal, one)
            if here and here.user_id == self._user_id:
                same = one == item.original_id or says_the_same(here, item.session)
                row = row_of(item, "known", _NOTHING_TO_SAY) if same else row_of(item, "changed", _CHANGED)
                return msgspec.structs.replace(row, session_id=one)
            if here and one == session_id:
                raise PermanentError("a workout of that id is here already, and not this member's")
        if any(one in removed or journal.deletion("session", one) for one in ids):
            return msgspec.structs.replace(row_of(item, "known", _DELETED), session_id=None)
        if twin := self._present.get(fingerprint(item.session)):
            row = row_of(item, "known", Phrase("is here already under another id"))
            return msgspec.structs.replace(row, session_id=twin)
        return None


def fingerprint(session: Session) -> Fingerprint:
    """Return when a workout began and what was done, however it is called."""
    return (
        datetime.fromisoformat(session.start_time).timestamp(),
        tuple(
            (entry.exercise, one.reps_full, one.reps_partial, one.weight_kg, one.hold_s)
            for entry in session.exercises
            for one in entry.sets
        ),
    )


def says_the_same(here: Session, told: Session) -> bool:
    """Tell whether two versions of a workout say the same; names, device and body weight may have changed since."""
    fields: dict[str, Any] = {"user_name": here.user_name, "device_id": here.device_id, "boot_id": here.boot_id}
    if told.calories_kcal is None:
        fields["calories_kcal"] = here.calories_kcal
    return _plain(msgspec.structs.replace(told, **fields)) == _plain(here)


def _plain(session: Session) -> Session:
    """Return a workout without what the exercises' data files say, and without what was seen of reps and holds."""
    exercises = tuple(
        msgspec.structs.replace(
            entry,
            name="",
            muscles=(),
            sets=tuple(msgspec.structs.replace(one, reps=(), hold_faults=()) for one in entry.sets),
        )
        for entry in session.exercises
    )
    return msgspec.structs.replace(session, exercises=exercises)


def _session(journal: Journal, session_id: str) -> Session | None:
    try:
        return journal.session(session_id)
    except PermanentError:
        return None


def _left_out(item: Found) -> list[str]:
    return [Phrase("left out: {line}", line=one) if one.startswith("line ") else one for one in item.left_out]


def row_of(item: Found, outcome: Outcome, reason: Phrase) -> ImportRow:
    """Return what the report tells of a workout that was read."""
    return ImportRow(
        where=item.where,
        outcome=outcome,
        start_time=item.session.start_time,
        title=item.title,
        sets=sum(len(entry.sets) for entry in item.session.exercises),
        reps=item.session.reps,
        session_id=item.session.session_id,
        reason=reason,
    )


def _refused(item: Refused) -> ImportRow:
    return ImportRow(where=item.where, outcome="refused", title=item.title, reason=item.reason)
