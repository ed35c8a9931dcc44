"""Single workouts: reading, correcting, adding, deleting and claiming them."""

from typing import Protocol

from edge_agent.records import Session, Whereabouts
from edge_agent.sessions.edits import EntryEdit, PastEntry, PastSet, PastWorkout, SetEdit, WorkoutEdit

__all__ = ["EntryEdit", "PastEntry", "PastSet", "PastWorkout", "SetEdit", "WorkoutEdit", "Workouts"]


class Workouts(Protocol):
    """Unknown ids raise `errors.PermanentError`; an edit of what has changed meanwhile raises `ConflictError`."""

    async def session(self, session_id: str) -> Session: ...

    async def whereabouts(self, session_id: str) -> Whereabouts: ...

    async def edit(self, session_id: str, edit: WorkoutEdit) -> Session:
        """Correct a workout and return it once the new version is saved."""
        ...

    async def add(self, user_id: str, past: PastWorkout, session_id: str | None = None) -> Session:
        """Keep a workout told by its member; the same `session_id` a second time changes nothing."""
        ...

    async def delete(self, session_id: str) -> None:
        """Take a workout out of all lists at once; it is deleted for good when nobody restores it within 10 minutes."""
        ...

    async def deleted(self, session_id: str) -> Session:
        """Return a workout whose deletion can still be taken back; `session` does not know it any more."""
        ...

    async def restore(self, session_id: str) -> Session:
        """Take back a deletion."""
        ...

    async def claimable(self) -> tuple[Session, ...]:
        """Return unnamed workouts that ended within 15 minutes, newest first."""
        ...

    async def claim(self, session_id: str, user_id: str) -> Session:
        """Put an unnamed workout of the last 15 minutes under a member's name."""
        ...
