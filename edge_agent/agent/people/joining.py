"""How somebody becomes a member: as the first owner, by name and PIN, or because an app's token speaks for them."""

import logging

import uuid_utils

from edge_agent.agent.people.directory import Directory, folded, sound_name
from edge_agent.agent.people.owners import Owners
from edge_agent.agent.people.signing_in import SigningIn
from edge_agent.agent.people.strangers import Strangers
from edge_agent.errors import PermanentError
from edge_agent.interface.people import Account, Profile, Role, SignInError
from edge_agent.members.pins import check_pin

logger = logging.getLogger(__name__)


class Joining:
    """Belongs to one event loop. Nobody is called what unnamed workouts are called."""

    def __init__(
        self, directory: Directory, owners: Owners, signing_in: SigningIn, guest_name: str, *, has_broker: bool
    ) -> None:
        self.strangers = Strangers()
        self._directory = directory
        self._owners = owners
        self._signing_in = signing_in
        self._guest_name = guest_name
        self._has_broker = has_broker

    async def claim(self, code: str, name: str, pin: str) -> Account:
        """Make the first owner. Raises `SignInError` and `PermanentError`."""
        self._owners.check_claim(code)
        name, pin_hash = await self._newcomer(name, pin)
        async with self._directory.one_at_a_time:
            if self._owners.claimed:
                raise SignInError("somebody has claimed this kiosk a moment ago")
            owner = await self._make(str(uuid_utils.uuid7()), name, "owner", pin_hash)
            self._owners.renew_claim()
        logger.info("the kiosk is claimed by %s", owner.name)
        return owner

    async def join(self, name: str, pin: str, role: Role) -> Account:
        """Make a member with a PIN. Raises `PermanentError`."""
        name, pin_hash = await self._newcomer(name, pin)
        async with self._directory.one_at_a_time:
            return await self._make(str(uuid_utils.uuid7()), name, role, pin_hash)

    async def account(self, user_id: str) -> Account:
        """Return a member, or what a stranger would be as one. Raises `PermanentError`."""
        try:
            return await self._directory.account(user_id)
        except PermanentError:
            stranger = self.strangers.find(user_id)
            if stranger is None:
                raise
            return stranger

    async def admit(self, user_id: str) -> Account:
        """Return the member under whose name something is to be kept; whom only a token has named becomes one.

        Raises `PermanentError` when nobody is known under that id, and `SignInError` for who has left since their token
        was issued: an app that goes on sending brings nobody back.
        """
        async with self._directory.one_at_a_time:
            try:
                return await self._directory.account(user_id)
            except PermanentError:
                stranger = self.strangers.find(user_id)
                if stranger is None:
                    raise
            left_at = await self._directory.left_at(user_id)
            if left_at is not None and not self.strangers.come_again(user_id, left_at):
                raise SignInError(
                    "you have left, and nothing is kept of you here; to join again, sign in to your app anew"
                )
            account = await self._make(user_id, await self._directory.free_name(stranger.name), "member", None)
            self.strangers.forget(user_id)
            return account

    def free_of_guest(self, name: str) -> str:
        """Return a name as it is kept. Raises `PermanentError` for what is none, and for that of unnamed workouts."""
        name = sound_name(name)
        if folded(name) == folded(self._guest_name):
            raise PermanentError("the name {name!r} is taken; choose another one", name=name)
        return name

    async def _newcomer(self, name: str, pin: str) -> tuple[str, str]:
        """Return a name and a PIN's hash as they are kept. Raises `PermanentError`."""
        name = self.free_of_guest(name)
        check_pin(pin, name)
        if await self._directory.named(name):
            raise PermanentError("the name {name!r} is taken; choose another one", name=name)
        return name, await self._signing_in.desk.hash(pin)

    async def _make(self, user_id: str, name: str, role: Role, pin_hash: str | None) -> Account:
        now = self._directory.writer.wall.stamp()
        profile = Profile(consented_at=now)
        account = Account(
            user_id=user_id, name=name, role=role, created_at=now, has_pin=pin_hash is not None, profile=profile
        )
        await self._directory.add(account, pin_hash, wait_for_cloud=self._has_broker)
        await self._owners.learn()
        return account
