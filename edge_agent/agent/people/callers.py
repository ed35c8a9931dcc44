"""Who calls with a bearer token: the command line of this machine, a member, or somebody whom only the token names."""

from hmac import compare_digest

from edge_agent.agent.people.bearers import Bearers
from edge_agent.agent.people.directory import Directory
from edge_agent.agent.people.strangers import Strangers
from edge_agent.errors import PermanentError
from edge_agent.interface.people import Person, SignInError
from edge_agent.members.tokens import user_id_of

COMMAND_LINE = Person(user_id="command-line", name="command line", role="owner")
"""Who has the files of this kiosk; nothing is kept under this name."""


class Callers:
    """Belongs to one event loop."""

    def __init__(self, bearers: Bearers, directory: Directory, strangers: Strangers, guest_id: str) -> None:
        self._bearers = bearers
        self._directory = directory
        self._strangers = strangers
        self._guest_id = guest_id
        self._command_key = b""

    def trust_commands(self, key: str) -> None:
        """Take whoever shows this bearer token for the command line of this machine, which may do what owners may."""
        self._command_key = key.encode()

    async def bearer(self, token: str) -> Person:
        """Raises `SignInError`."""
        if self._command_key and compare_digest(token.encode("utf-8", "replace"), self._command_key):
            return COMMAND_LINE
        claims = await self._bearers.claims(token)
        user_id = user_id_of(claims)
        if user_id == self._guest_id:
            raise SignInError("the token's subject is nobody's here")
        try:
            return (await self._directory.account(user_id)).person
        except PermanentError:
            return self._strangers.meet(user_id, claims)

    async def close(self) -> None:
        await self._bearers.close()
