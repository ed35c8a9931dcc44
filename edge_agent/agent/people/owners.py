"""Who owns this kiosk; as long as nobody does, whoever reads the claim code on its screen may."""

import time

from edge_agent.agent.people.directory import Directory
from edge_agent.errors import PermanentError
from edge_agent.interface.people import SignInError
from edge_agent.members.codes import ChangingCode


class Owners:
    """Belongs to one event loop."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._known: frozenset[str] = frozenset()
        self._claim = ChangingCode()

    @property
    def claimed(self) -> bool:
        """Whether there is one."""
        return bool(self._known)

    def claim_code(self) -> str | None:
        """Return the code that makes whoever types it the first owner; None when there is one."""
        return None if self.claimed else self._claim.text(time.monotonic())

    def check_claim(self, code: str) -> None:
        """Raises `SignInError` for what is not the claim code of this moment."""
        self.claim_code()
        if self.claimed or not self._claim.accepts(code, time.monotonic()):
            raise SignInError("this is not the code on the kiosk's screen")

    def renew_claim(self) -> None:
        """Let nobody use the code again."""
        self._claim.renew()

    async def learn(self) -> None:
        """Look up who the owners are; whenever roles may have changed."""
        found = await self._directory.ask(
            lambda accounts: [one.user_id for one in accounts.all_access() if one.role == "owner"]
        )
        self._known = frozenset(found)

    def refuse_last(self, user_id: str) -> None:
        """Raises `PermanentError` for the only owner."""
        if self._known == {user_id}:
            raise PermanentError("the last owner stays the owner; make somebody else one first")
