"""Members who leave: what is deleted here, and how far the deletion has come in the cloud."""

from collections.abc import Callable
from typing import Literal

from edge_agent.agent.writing import Writer
from edge_agent.errors import PermanentError
from edge_agent.interface.people import Departure
from edge_agent.journal.accounts import Farewell
from edge_agent.journal.outbox import SyncRow
from edge_agent.members.codes import code_hash, new_code

_CODE_LENGTH = 12

HandedOver = Callable[[str, str, str], bool]
"""Whether the broker has a version: entity, key and rev."""


class Leaving:
    """Deletes members, and keeps their receipts."""

    def __init__(self, writer: Writer, handed_over: HandedOver, *, has_broker: bool) -> None:
        self._writer = writer
        self._handed_over = handed_over
        self._has_broker = has_broker

    async def leave(self, user_id: str, code: str = "") -> Departure:
        """Delete a member with all that is theirs. Raises `PermanentError` when there is none."""
        if not code or await self._is_known(code):
            code = new_code(_CODE_LENGTH)
        farewell = await self._writer.delete_member(user_id, code_hash(code))
        return _departure(farewell, code, "deleted_here", None)

    async def departure(self, code: str) -> Departure:
        """Raises `PermanentError` when no receipt has this code."""
        wanted = code_hash(code)
        farewell, row = await self._writer.journal.ask(
            lambda journal: (
                found := journal.accounts.farewell(wanted),
                journal.deletion("member", found.user_id),
            )
        )
        return _departure(farewell, code, self._state(farewell, row), row.confirmed_at if row else None)

    async def _is_known(self, code: str) -> bool:
        try:
            await self.departure(code)
        except PermanentError:
            return False
        return True

    def _state(
        self, farewell: Farewell, row: SyncRow | None
    ) -> Literal["deleted_here", "handed_over", "confirmed", "refused"]:
        if row is None or row.rev != farewell.rev:
            # With a broker a later version takes a deletion's place only once that is confirmed.
            return "confirmed" if self._has_broker else "deleted_here"
        if row.state == "confirmed":
            return "confirmed"
        if row.state == "refused":
            return "refused"
        return "handed_over" if self._handed_over("member", farewell.user_id, farewell.rev) else "deleted_here"


def _departure(
    farewell: Farewell,
    code: str,
    state: Literal["deleted_here", "handed_over", "confirmed", "refused"],
    confirmed_at: str | None,
) -> Departure:
    return Departure(
        user_id=farewell.user_id,
        name=farewell.name,
        left_at=farewell.left_at,
        deleted=farewell.deleted,
        state=state,
        confirmed_at=confirmed_at if state == "confirmed" else None,
        code=code,
    )
