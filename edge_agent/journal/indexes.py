"""The indexes of the sessions: by id, by user, by exercise and by program, each in the order of the start times.

In memory only. What they need of a document is read, the rest passed over.
"""

import msgspec

from edge_agent.journal.order import Index, Places, instant


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


class SessionIndexes:
    """All indexes of the table `sessions`, kept up by `changed`."""

    def __init__(self) -> None:
        self.ids: dict[str, int] = {}
        self.of_user, self.of_exercise, self.of_program = Index(), Index(), Index()
        """Keys: () for everybody and (user,); (user, exercise); (program,)."""
        self.detailed = Places()
        """Sessions whose reps are in the journal."""

    def changed(self, doc_id: int, old: Indexed | None, new: Indexed | None) -> None:
        """Take in a committed change of the table."""
        if old is not None:
            self._remove(old.session, doc_id)
        if new is not None:
            self._add(new.session, doc_id)

    def _add(self, session: _Session, doc_id: int) -> None:
        place, user_id = (instant(session.start_time), doc_id), session.user_id
        self.ids[session.session_id] = doc_id
        self.of_user.add((), place)
        self.of_user.add((user_id,), place)
        for exercise in {entry.exercise for entry in session.exercises}:
            self.of_exercise.add((user_id, exercise), place)
        if session.program_id is not None:
            self.of_program.add((session.program_id,), place)
        if _has_detail(session):
            self.detailed.add(place)

    def _remove(self, session: _Session, doc_id: int) -> None:
        place, user_id = (instant(session.start_time), doc_id), session.user_id
        del self.ids[session.session_id]
        self.of_user.remove((), place)
        self.of_user.remove((user_id,), place)
        for exercise in {entry.exercise for entry in session.exercises}:
            self.of_exercise.remove((user_id, exercise), place)
        if session.program_id is not None:
            self.of_program.remove((session.program_id,), place)
        if _has_detail(session):
            self.detailed.remove(place)


def _has_detail(session: _Session) -> bool:
    for entry in session.exercises:
        for one in entry.sets:
            if one.reps:
                return True
    return False
