"""Members at this kiosk: `interface.People` over the journal, the spot and the desk where PINs are checked."""

import logging
import time
from collections import OrderedDict
from hmac import compare_digest

import uuid_utils

from edge_agent.agent.bearers import Bearers
from edge_agent.agent.devices import Devices
from edge_agent.agent.directory import Directory, folded, put_reset_code, sound_name
from edge_agent.agent.leaving import Leaving
from edge_agent.agent.pin_desk import PinDesk
from edge_agent.agent.profiles import checked_profile
from edge_agent.agent.spot import Spot
from edge_agent.config import Config
from edge_agent.errors import PermanentError
from edge_agent.interface.people import Account, Departure, Device, Person, Profile, Role, SignInError
from edge_agent.members.codes import ChangingCode, code_hash
from edge_agent.members.pins import check_pin
from edge_agent.members.tokens import user_id_of

logger = logging.getLogger(__name__)

_PAIRING_LASTS_S = 60.0
_MOST_STRANGERS = 1000
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
        self._desk = PinDesk()
        self._claim = ChangingCode()
        self._pairing = ChangingCode(_PAIRING_LASTS_S)
        self._owners: frozenset[str] = frozenset()
        self._strangers: OrderedDict[str, Person] = OrderedDict()
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
        if self._spot.trainee and self._spot.trainee.user_id not in self._strangers:
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
        if self.claim_code() is None or not self._claim.accepts(code, time.monotonic()):
            raise SignInError("this is not the code on the kiosk's screen")
        person = await self.join(name, pin, "owner")
        self._claim.renew()
        logger.info("the kiosk is claimed by %s", person.name)
        return person

    # Signing in

    async def sign_in(self, name: str, pin: str, address: str) -> Person:
        named = [one for one in await self._directory.named(name) if one.has_pin]
        access = [await self._directory.access(one.user_id) for one in named]
        hashes = [one.pin_hash for one in access if one.pin_hash]
        found = await self._desk.check(folded(name), pin, address, hashes)
        if await self._desk.is_outdated(hashes[found]):
            await self._directory.change_access(named[found].user_id, pin_hash=await self._desk.hash(pin))
        return _person(named[found])

    async def bearer(self, token: str) -> Person:
        if self._command_key and compare_digest(token.encode("utf-8", "replace"), self._command_key):
            return COMMAND_LINE
        claims = await self._bearers.claims(token)
        user_id = user_id_of(claims)
        if user_id == self.guest_id:
            raise SignInError("the token's subject is nobody's here")
        try:
            return await self.person(user_id)
        except PermanentError:
            stranger = Person(user_id=user_id, name=claims.name or claims.email or claims.sub)
        self._strangers[user_id] = stranger
        self._strangers.move_to_end(user_id)
        if len(self._strangers) > _MOST_STRANGERS:
            self._strangers.popitem(last=False)
        return stranger

    async def change_pin(self, user_id: str, old: str, new: str) -> None:
        account, access = await self._directory.account(user_id), await self._directory.access(user_id)
        hashes = [access.pin_hash] if access.pin_hash else []
        await self._desk.check(folded(account.name), old, f"signed in as {user_id}", hashes)
        await self._set_pin(account, new)

    async def reset_code(self, user_id: str) -> str:
        await self._directory.account(user_id)
        return await self._directory.keep(lambda accounts: put_reset_code(accounts, user_id, time.time()))

    async def set_pin(self, name: str, code: str, pin: str, address: str) -> Person:
        named = await self._directory.named(name)
        given, found = code_hash(code), None

        async def is_right() -> bool:
            nonlocal found
            for account in named:
                access = await self._directory.access(account.user_id)
                if access.reset_hash == given and time.time() < access.reset_until:
                    found = account
            return found is not None

        await self._desk.check_code(f"reset of {folded(name)}", address, is_right, "name or code is wrong")
        assert found
        await self._set_pin(found, pin)
        return _person(found)

    async def _set_pin(self, account: Account, pin: str) -> None:
        """Raises `PermanentError` for a PIN that is too simple."""
        check_pin(pin, account.name)
        pin_hash = await self._desk.hash(pin)
        await self._directory.change_access(account.user_id, pin_hash=pin_hash, reset_hash=None, reset_until=0.0)
        await self._devices.forget_all(account.user_id)
        self._desk.forget(folded(account.name))

    # Members

    async def person(self, user_id: str) -> Person:
        return _person(await self.account(user_id))

    async def account(self, user_id: str) -> Account:
        try:
            return await self._directory.account(user_id)
        except PermanentError:
            stranger = self._strangers.get(user_id)
            if stranger is None:
                raise
            return Account(user_id=user_id, name=stranger.name, role="member", created_at=None, has_pin=False)

    async def accounts(self) -> tuple[Account, ...]:
        return await self._directory.accounts()

    async def admit(self, user_id: str) -> Account:
        """Return the member under whose name something is to be kept; whom only a token has named becomes one.

        Raises `PermanentError` when nobody is known under that id.
        """
        account = await self.account(user_id)
        if account.created_at is None and user_id in self._strangers:
            account = await self._make(user_id, await self._free_name(account.name), "member", None)
            del self._strangers[user_id]
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
        name = sound_name(name)
        if folded(name) == folded(self._guest_name):
            raise PermanentError(f"the name {name!r} is taken; choose another one")
        check_pin(pin, name)
        if await self._directory.named(name):
            raise PermanentError(f"the name {name!r} is taken; choose another one")
        return _person(await self._make(str(uuid_utils.uuid7()), name, role, await self._desk.hash(pin)))

    async def join_here(self, code: str, name: str, pin: str, address: str) -> Person:
        await self._check_pairing(code, address)
        if not self.may_join:
            raise PermanentError("only the owner makes new members here")
        return await self.join(name, pin)

    async def rename(self, user_id: str, name: str) -> Account:
        name = sound_name(name)
        before = await self.admit(user_id)
        if folded(name) == folded(self._guest_name):
            raise PermanentError(f"the name {name!r} is taken; choose another one")
        account = await self._directory.rename(user_id, name)
        self._desk.forget(folded(before.name))
        self._spot.learn(account)
        return account

    async def change_profile(self, user_id: str, profile: Profile) -> Account:
        before = (await self.admit(user_id)).profile
        coaches = {one.user_id for one in await self.coaches()}
        sound = checked_profile(profile, before, coaches, self._directory.writer.wall.stamp())
        account = await self._directory.change_profile(user_id, sound)
        self._spot.learn(account)
        return account

    async def change_role(self, user_id: str, role: Role) -> Account:
        await self.admit(user_id)
        self._refuse_last_owner(user_id, leaves_role=role != "owner")
        await self._directory.change_access(user_id, role=role)
        await self._learn_owners()
        return await self._directory.account(user_id)

    async def coaches(self) -> tuple[Person, ...]:
        return tuple(_person(one) for one in await self.accounts() if one.role == "coach")

    async def sharing_with(self, coach_id: str) -> tuple[Person, ...]:
        return tuple(_person(one) for one in await self.accounts() if coach_id in one.profile.coaches)

    async def _make(self, user_id: str, name: str, role: Role, pin_hash: str | None) -> Account:
        now = self._directory.writer.wall.stamp()
        profile = Profile(consented_at=now)
        account = Account(
            user_id=user_id, name=name, role=role, created_at=now, has_pin=pin_hash is not None, profile=profile
        )
        await self._directory.add(account, pin_hash, wait_for_cloud=self._has_broker)
        await self._learn_owners()
        return account

    async def _free_name(self, name: str) -> str:
        """Return a name that nobody has, for whom a token has named as somebody else is named already."""
        try:
            name = sound_name(name[:50])
        except PermanentError:
            name = "API"
        number, free = 1, name
        while await self._directory.named(free):
            number += 1
            free = f"{name} {number}"
        return free

    async def _learn_owners(self) -> None:
        found = await self._directory.ask(
            lambda accounts: [one.user_id for one in accounts.all_access() if one.role == "owner"]
        )
        self._owners = frozenset(found)

    def _refuse_last_owner(self, user_id: str, *, leaves_role: bool) -> None:
        if leaves_role and self._owners == {user_id}:
            raise PermanentError("the last owner stays the owner; make somebody else one first")

    # Leaving

    async def leave(self, user_id: str) -> Departure:
        account = await self._directory.account(user_id)
        self._refuse_last_owner(user_id, leaves_role=True)
        self._spot.drop(user_id)
        departure = await self._leaving.leave(user_id)
        self._desk.forget(folded(account.name))
        self._strangers.pop(user_id, None)
        await self._learn_owners()
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
        return await self.person(user_id), following

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

        words = "the code has changed meanwhile; scan the kiosk's screen again"
        await self._desk.check_code("pairing", address, is_right, words)


def _person(account: Account) -> Person:
    return Person(user_id=account.user_id, name=account.name, role=account.role)
