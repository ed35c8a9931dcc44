"""The training spot, its latest workouts and the way to the cloud, as the pages see them."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from edge_agent.interface.history import History
from edge_agent.interface.people import People
from edge_agent.interface.transfer import Transfer
from edge_agent.interface.workouts import Workouts
from edge_agent.records import LivePose, LiveState, Record, Session, SessionPage, SyncStatus, Whereabouts


class ExerciseChoice(Record, frozen=True, kw_only=True):
    """An exercise that can be chosen on the live page."""

    key: str
    name: str


class KioskAgent(Protocol):
    """The agent as its pages see it. Unknown ids raise `errors.PermanentError`."""

    @property
    def device_id(self) -> str: ...

    @property
    def people(self) -> People: ...

    @property
    def history(self) -> History: ...

    @property
    def workouts(self) -> Workouts: ...

    @property
    def transfer(self) -> Transfer: ...

    def live(self) -> LiveState:
        """Return the whole state of this moment."""
        ...

    def watch(self) -> AbstractAsyncContextManager[AsyncIterator[LiveState | LivePose]]:
        """Subscribe: the whole state first, then changes; a slow reader misses old ones, never the newest."""
        ...

    def exercises(self) -> tuple[ExerciseChoice, ...]: ...

    async def choose_exercise(self, key: str) -> None:
        """Count this exercise from now on, or with `auto` whatever is done; a running set ends.

        Unknown keys raise `PermanentError`.
        """
        ...

    async def finish_session(self) -> Session | None:
        """End the running session and return it once it is saved; None when none was running."""
        ...

    async def sessions(self, user_id: str | None, limit: int, cursor: str | None) -> SessionPage:
        """Return sessions newest first; `user_id` None means everybody's."""
        ...

    async def session(self, session_id: str) -> Session: ...

    async def whereabouts(self, session_id: str) -> Whereabouts: ...

    async def sync_status(self) -> SyncStatus: ...

    async def retry_sync(self) -> None:
        """Try to reach broker and cloud now instead of waiting."""
        ...

    async def retry_refused(self, key: str | None) -> int:
        """Send what the cloud refused again, all for None; returns how many records."""
        ...
