"""The indexes of the sessions: by id, by user, by exercise and by program, each in the order of the start times.

In memory only. What they need of a document is read, the rest passed over.
"""

from collections.abc import Callable

import msgspec

from edge_agent.journal.order import Index, Key, Places, instant


class _Set(msgspec.Struct, frozen=True):
    reps: list[msgspec.Raw]


class _Entry(msgspec.Struct, frozen=True):
    exercise: str
    sets: list[_Set]


class _Session(msgspec.Struct, frozen=True):
    session_id: str
    user_id: str
    start_time: str
    exercises: list[_Entry]
    program_id: str | None


class Indexed(msgspec.Struct, frozen=True):
    """What is indexed of a document of the table `sessions`."""

    session: _Session
    removed_at: str = ""

    @property
    def owner(self) -> str | None:
        """Whose it is to everybody's knowledge."""
        return None if self.removed_at else self.session.user_id


Follower = Callable[[int, str | None, str | None], None]

EVERYBODY: Key = ("everybody",)


def of_user(user_id: str) -> Key:
    """Return the key of one member's sessions."""
    return "user", user_id


def of_exercise(user_id: str, exercise: str) -> Key:
    """Return the key of one member's sessions with an exercise."""
    return "exercise", user_id, exercise


def of_program(program_id: str) -> Key:
    """Return the key of a program's sessions."""
    return "program", program_id


class SessionIndexes:
    """All indexes of the table `sessions`, kept up by `changed`."""

    def __init__(self) -> None:
        self.ids: dict[str, int] = {}
        """Of all, also of those that are removed; the others below know nothing of these."""
        self.removed: dict[str, Indexed] = {}
        self.by_key = Index()
        """Under the keys above."""
        self.detailed = Places()
        """Sessions whose reps are in the journal."""
        self.follower: Follower | None = None
        """Told of each change with its document's id and the member before and after; None is nobody."""

    def changed(self, doc_id: int, old: Indexed | None, new: Indexed | None) -> None:
        """Take in a committed change of the table."""
        if old is not None:
            self._remove(old, doc_id)
        if new is not None:
            self._add(new, doc_id)
        if self.follower:
            self.follower(doc_id, old.owner if old else None, new.owner if new else None)

    def _add(self, new: Indexed, doc_id: int) -> None:
        session = new.session
        self.ids[session.session_id] = doc_id
        if new.removed_at:
            self.removed[session.session_id] = new
            return
        place = instant(session.start_time), doc_id
        self.by_key.add(_keys(session), place)
        if _has_detail(session):
            self.detailed.add(place)

    def _remove(self, old: Indexed, doc_id: int) -> None:
        session = old.session
        del self.ids[session.session_id]
        if old.removed_at:
            del self.removed[session.session_id]
            return
        place = instant(session.start_time), doc_id
        self.by_key.remove(_keys(session), place)
        if _has_detail(session):
            self.detailed.remove(place)


def _keys(session: _Session) -> set[Key]:
    user_id = session.user_id
    keys = {EVERYBODY, of_user(user_id)}
    for entry in session.exercises:
        keys.add(of_exercise(user_id, entry.exercise))
    if session.program_id is not None:
        keys.add(of_program(session.program_id))
    return keys


def _has_detail(session: _Session) -> bool:
    for entry in session.exercises:
        for one in entry.sets:
            if one.reps:
                return True
    return False
