"""Members at this kiosk: `interface.People` over the journal, the spot and the desk where PINs are checked."""

import asyncio
import logging
import time
from hmac import compare_digest

import uuid_utils

from edge_agent.agent.people.bearers import Bearers
from edge_agent.agent.people.devices import Devices
from edge_agent.agent.people.directory import Directory, folded, put_reset_code, sound_name
from edge_agent.agent.people.leaving import Leaving
from edge_agent.agent.people.profiles import changed_profile
from edge_agent.agent.people.signing_in import SigningIn
from edge_agent.agent.people.strangers import Strangers
from edge_agent.agent.spot import Spot
from edge_agent.config import Config
from edge_agent.errors import PermanentError
from edge_agent.interface.people import Account, Departure, Device, Person, Profile, ProfileChange, Role, SignInError
from edge_agent.members.codes import ChangingCode
from edge_agent.members.pins import check_pin
from edge_agent.members.tokens import user_id_of
from edge_agent.phrase import Phrase

logger = logging.getLogger(__name__)

_PAIRING_LASTS_S = 60.0
COMMAND_LINE = Person(user_id="command-line", name="command line", role="owner")
"""Who has the files of this kiosk; nothing is kept under this name."""


class KioskPeople:
    """Implements `interface.People`. Belongs to one event loop."""

    def __init__(
        self,
        config: Config,
        directory: Directory,
        spot: Spot,
        bearers: Bearers,
        leaving: Leaving,
    ) -> None:
        self.guest_id = config.session.user_id
        self.may_join = config.members.may_join
        self._guest_name = config.session.user_name
        self._directory = directory
        self._spot = spot
        self._bearers = bearers
        self._leaving = leaving
        self._has_broker = bool(config.sync.broker)
        self._devices = Devices(directory)
        self._signing_in = SigningIn(directory, self._devices)
        self._desk = self._signing_in.desk
        self._one_at_a_time = asyncio.Lock()
        """Held while names, owners or the claim are looked at and changed."""
        self._claim = ChangingCode()
        self._pairing = ChangingCode(_PAIRING_LASTS_S)
        self._owners: frozenset[str] = frozenset()
        self._strangers = Strangers()
        self._command_key = b""

    def trust_commands(self, key: str) -> None:
        """Take whoever shows this bearer token for the command line of this machine, which may do what owners may."""
        self._command_key = key.encode()

    async def load(self) -> None:
        """Learn who owns the kiosk, and forget who was deleted elsewhere; whenever something has come down."""
        gone = await self._directory.ask(lambda accounts: accounts.orphans())
        for user_id in gone:
            await self._directory.keep(lambda accounts, one=user_id: accounts.remove_member(one))  # type: ignore[misc]
            self._spot.drop(user_id)
        await self._learn_owners()
        if self._spot.trainee:
            try:
                account = await self._directory.account(self._spot.trainee.user_id)
            except PermanentError:
                self._spot.drop(self._spot.trainee.user_id)
            else:
                if account != self._spot.trainee:
                    self._spot.learn(account)

    async def close(self) -> None:
        await self._bearers.close()
        self._desk.close()

    # Claiming

    @property
    def claimed(self) -> bool:
        return bool(self._owners)

    def claim_code(self) -> str | None:
        return None if self.claimed else self._claim.text(time.monotonic())

    async def claim(self, code: str, name: str, pin: str) -> Person:
        self.claim_code()
        if self.claimed or not self._claim.accepts(code, time.monotonic()):
            raise SignInError("this is not the code on the kiosk's screen")
        name, pin_hash = await self._newcomer(name, pin)
        async with self._one_at_a_time:
            if self.claimed:
                raise SignInError("somebody has claimed this kiosk a moment ago")
            owner = await self._make(str(uuid_utils.uuid7()), name, "owner", pin_hash)
            self._claim.renew()
        logger.info("the kiosk is claimed by %s", owner.name)
        return _person(owner)

    # Signing in

    async def sign_in(self, name: str, pin: str, address: str) -> Person:
        return _person(await self._signing_in.sign_in(name, pin, address))

    async def bearer(self, token: str) -> Person:
        if self._command_key and compare_digest(token.encode("utf-8", "replace"), self._command_key):
            return COMMAND_LINE
        claims = await self._bearers.claims(token)
        user_id = user_id_of(claims)
        if user_id == self.guest_id:
            raise SignInError("the token's subject is nobody's here")
        try:
            return _person(await self._directory.account(user_id))
        except PermanentError:
            return self._strangers.meet(user_id, claims)

    async def change_pin(self, user_id: str, old: str, new: str) -> None:
        await self._signing_in.change_pin(await self._directory.account(user_id), old, new)

    async def reset_code(self, user_id: str) -> str:
        await self._directory.account(user_id)
        return await self._directory.keep(lambda accounts: put_reset_code(accounts, user_id, time.time()))

    async def set_pin(self, name: str, code: str, pin: str, address: str) -> Person:
        return _person(await self._signing_in.set_pin(name, code, pin, address))

    # Members

    async def person(self, user_id: str) -> Person:
        return _person(await self.account(user_id))

    async def account(self, user_id: str) -> Account:
        try:
            return await self._directory.account(user_id)
        except PermanentError:
            stranger = self._strangers.find(user_id)
            if stranger is None:
                raise
            return stranger

    async def accounts(self) -> tuple[Account, ...]:
        return await self._directory.accounts()

    async def admit(self, user_id: str) -> Account:
        """Return the member under whose name something is to be kept; whom only a token has named becomes one.

        Raises `PermanentError` when nobody is known under that id, and `SignInError` for who has left since their token
        was issued: an app that goes on sending brings nobody back.
        """
        async with self._one_at_a_time:
            try:
                return await self._directory.account(user_id)
            except PermanentError:
                stranger = self._strangers.find(user_id)
                if stranger is None:
                    raise
            left_at = await self._directory.left_at(user_id)
            if left_at is not None and not self._strangers.come_again(user_id, left_at):
                raise SignInError(
                    "you have left, and nothing is kept of you here; to join again, sign in to your app anew"
                )
            account = await self._make(user_id, await self._directory.free_name(stranger.name), "member", None)
            self._strangers.forget(user_id)
            return account

    async def admit_workouts(self, user_id: str) -> Account:
        """Return the member as `admit` does, if they want workouts to be kept. Raises `PermanentError`."""
        account = await self.admit(user_id)
        if not account.profile.keeps_history:
            raise PermanentError("you have chosen that nothing is kept under your name; change that in your profile")
        return account

    def weight_ratio(self, account: Account) -> float:
        """Return a member's body weight over the one that is assumed for unnamed workouts."""
        return self._spot.body_weight_kg(account) / self._spot.body_weight_kg(None)

    async def join(self, name: str, pin: str, role: Role = "member") -> Person:
        name, pin_hash = await self._newcomer(name, pin)
        async with self._one_at_a_time:
            return _person(await self._make(str(uuid_utils.uuid7()), name, role, pin_hash))

    async def join_here(self, code: str, name: str, pin: str, address: str) -> Person:
        await self._check_pairing(code, address)
        if not self.may_join:
            raise PermanentError("only the owner makes new members here")
        person = await self.join(name, pin)
        self._desk.meet(folded(name), address)
        return person

    async def rename(self, user_id: str, name: str) -> Account:
        name = self._free_of_guest(name)
        await self._directory.check_free(name, user_id)
        before = await self.admit(user_id)
        async with self._one_at_a_time:
            account = await self._directory.rename(user_id, name)
        self._desk.forget(folded(before.name))
        self._spot.learn(account)
        return account

    async def change_profile(self, user_id: str, change: ProfileChange) -> Account:
        coaches = {one.user_id for one in await self.coaches()}
        now = self._directory.writer.wall.stamp()
        changed_profile((await self.account(user_id)).profile, change, coaches, now)  # nobody joins by what is refused
        await self.admit(user_id)
        account = await self._directory.change_profile(
            user_id, lambda before: changed_profile(before, change, coaches, now)
        )
        self._spot.learn(account)
        return account

    async def change_role(self, user_id: str, role: Role) -> Account:
        await self.admit(user_id)
        async with self._one_at_a_time:
            self._refuse_last_owner(user_id, leaves_role=role != "owner")
            await self._directory.change_access(user_id, role=role)
            await self._learn_owners()
        return await self._directory.account(user_id)

    async def coaches(self) -> tuple[Person, ...]:
        return tuple(_person(one) for one in await self._directory.with_role("coach"))

    async def sharing_with(self, coach_id: str) -> tuple[Person, ...]:
        return tuple(_person(one) for one in await self._directory.sharing_with(coach_id))

    async def _newcomer(self, name: str, pin: str) -> tuple[str, str]:
        """Return a name and a PIN's hash as they are kept. Raises `PermanentError`."""
        name = self._free_of_guest(name)
        check_pin(pin, name)
        if await self._directory.named(name):
            raise PermanentError("the name {name!r} is taken; choose another one", name=name)
        return name, await self._desk.hash(pin)

    def _free_of_guest(self, name: str) -> str:
        name = sound_name(name)
        if folded(name) == folded(self._guest_name):
            raise PermanentError("the name {name!r} is taken; choose another one", name=name)
        return name

    async def _make(self, user_id: str, name: str, role: Role, pin_hash: str | None) -> Account:
        now = self._directory.writer.wall.stamp()
        profile = Profile(consented_at=now)
        account = Account(
            user_id=user_id, name=name, role=role, created_at=now, has_pin=pin_hash is not None, profile=profile
        )
        await self._directory.add(account, pin_hash, wait_for_cloud=self._has_broker)
        await self._learn_owners()
        return account

    async def _learn_owners(self) -> None:
        found = await self._directory.ask(
            lambda accounts: [one.user_id for one in accounts.all_access() if one.role == "owner"]
        )
        self._owners = frozenset(found)

    def _refuse_last_owner(self, user_id: str, *, leaves_role: bool) -> None:
        if leaves_role and self._owners == {user_id}:
            raise PermanentError("the last owner stays the owner; make somebody else one first")

    # Leaving

    async def leave(self, user_id: str, code: str = "") -> Departure:
        account = await self._directory.account(user_id)
        async with self._one_at_a_time:
            self._refuse_last_owner(user_id, leaves_role=True)
            self._spot.drop(user_id)
            departure = await self._leaving.leave(user_id, code)
            await self._learn_owners()
        self._desk.forget(folded(account.name))
        self._strangers.forget(user_id)
        return departure

    async def departure(self, code: str) -> Departure:
        return await self._leaving.departure(code)

    # Devices

    async def remember(self, user_id: str, device_name: str) -> str:
        await self._directory.account(user_id)
        return await self._devices.remember(user_id, device_name)

    async def recall(self, secret: str) -> tuple[Person, str] | None:
        recalled = await self._devices.recall(secret)
        if recalled is None:
            return None
        user_id, following = recalled
        try:
            return await self.person(user_id), following
        except PermanentError:  # deleted elsewhere a moment ago
            return None

    async def devices(self, user_id: str) -> tuple[Device, ...]:
        return await self._devices.of(user_id)

    async def forget(self, user_id: str, device_id: str) -> None:
        await self._devices.forget(user_id, device_id)

    async def forget_holder(self, secret: str) -> None:
        await self._devices.forget_holder(secret)

    # At the spot

    def trainee(self) -> Person | None:
        return _person(self._spot.trainee) if self._spot.trainee else None

    async def train(self, user_id: str | None) -> None:
        self._spot.train(None if user_id is None else await self.admit(user_id))

    def pairing_code(self) -> str:
        return self._pairing.text(time.monotonic())

    async def pair(self, code: str, user_id: str, address: str) -> None:
        await self._check_pairing(code, address)
        await self.train(user_id)

    async def _check_pairing(self, code: str, address: str) -> None:
        async def is_right() -> bool:
            return self._pairing.accepts(code, time.monotonic())

        words = Phrase("the code has changed meanwhile; scan the kiosk's screen again")
        await self._desk.check_code("pairing", address, is_right, words)


def _person(account: Account) -> Person:
    return Person(user_id=account.user_id, name=account.name, role=account.role)
