"""Members in memory: `interface.People` without journal and Argon2, for tests of the pages and who designs them.

Codes are readable (`CLAIM`, `PAIR-1`), tokens are `token-NAME`, and nothing here is fit to keep anybody out.
"""

import itertools
from collections.abc import Callable
from typing import Any

import msgspec

from edge_agent.agent.people.profiles import changed_profile
from edge_agent.errors import PermanentError
from edge_agent.interface.people import Account, Departure, Device, Person, Profile, ProfileChange, Role, SignInError

CLAIM = "CLAIM-7391"
PIN = "4711"
MAX_FAILURES = 5
_SINCE = "2026-11-20T18:00:00+00:00"


class FakePeople:
    """Satisfies `interface.People`; tests make members with `meet` and change the public attributes."""

    guest_id = "guest"

    def __init__(self) -> None:
        self.may_join = True
        self.known: dict[str, Account] = {}
        self.pins: dict[str, str] = {}
        self.failures: dict[str, int] = {}
        """Wrong tries by network address."""
        self.codes: dict[str, str] = {}
        self.remembered: dict[str, tuple[str, Device]] = {}
        """User id and device by secret."""
        self.departures: dict[str, Departure] = {}
        self.pairing = 1
        self.tell: Callable[[str], None] = lambda _: None
        """Called with the name of whoever trains from now on; empty for somebody unnamed."""
        self._trainee: str | None = None
        self._numbers = itertools.count(1)

    # what tests do to it

    def meet(self, name: str, role: Role = "member", pin: str = PIN, **profile: Any) -> Person:
        """Make a member at once; their id is their name in small letters."""
        user_id = name.lower()
        self.known[user_id] = Account(
            user_id=user_id, name=name, role=role, created_at=_SINCE, has_pin=True, profile=Profile(**profile)
        )
        self.pins[user_id] = pin
        return Person(user_id=user_id, name=name, role=role)

    # what the pages ask of it

    @property
    def claimed(self) -> bool:
        return any(account.role == "owner" for account in self.known.values())

    def claim_code(self) -> str | None:
        return None if self.claimed else CLAIM

    async def claim(self, code: str, name: str, pin: str) -> Person:
        if self.claimed or code != CLAIM:
            raise SignInError("this is not the code on the kiosk's screen")
        return await self.join(name, pin, "owner")

    async def sign_in(self, name: str, pin: str, address: str) -> Person:
        self._let_try(address)
        account = self.known.get(name.lower())
        if account is None or self.pins.get(account.user_id) != pin:
            self.failures[address] = self.failures.get(address, 0) + 1
            raise SignInError("name or PIN is wrong")
        return _person(account)

    async def bearer(self, token: str) -> Person:
        account = self.known.get(token.removeprefix("token-"))
        if account is None or not token.startswith("token-"):
            raise SignInError("the token is not valid")
        return _person(account)

    async def person(self, user_id: str) -> Person:
        return _person(await self.account(user_id))

    async def account(self, user_id: str) -> Account:
        if user_id not in self.known:
            raise PermanentError(f"no member {user_id!r} is known here")
        return self.known[user_id]

    async def accounts(self) -> tuple[Account, ...]:
        return tuple(sorted(self.known.values(), key=lambda account: account.name.lower()))

    async def join(self, name: str, pin: str, role: Role = "member") -> Person:
        if not name.strip() or name.lower() in self.known:
            raise PermanentError(f"the name {name!r} is taken; choose another one")
        _check_pin(pin)
        return self.meet(name, role, pin)

    async def join_here(self, code: str, name: str, pin: str, address: str) -> Person:
        self._check_pairing(code, address)
        if not self.may_join:
            raise PermanentError("only the owner makes new members here")
        return await self.join(name, pin)

    async def rename(self, user_id: str, name: str) -> Account:
        if any(other.name.lower() == name.lower() and other.user_id != user_id for other in self.known.values()):
            raise PermanentError(f"the name {name!r} is taken; choose another one")
        return await self._change(user_id, name=name)

    async def change_profile(self, user_id: str, change: ProfileChange) -> Account:
        coaches = {one.user_id for one in await self.coaches()}
        before = (await self.account(user_id)).profile
        return await self._change(user_id, profile=changed_profile(before, change, coaches, _SINCE))

    async def change_role(self, user_id: str, role: Role) -> Account:
        others = [one for one in self.known.values() if one.role == "owner" and one.user_id != user_id]
        if role != "owner" and not others:
            raise PermanentError("the last owner stays the owner; make somebody else one first")
        return await self._change(user_id, role=role)

    async def confirm(self, user_id: str, pin: str) -> None:
        if self.pins.get(user_id) != pin:
            raise SignInError("name or PIN is wrong")

    async def change_pin(self, user_id: str, old: str, new: str, address: str) -> None:  # noqa: ARG002
        await self.confirm(user_id, old)
        _check_pin(new)
        self.pins[user_id] = new
        self._forget_devices(user_id)

    async def reset_code(self, user_id: str) -> str:
        await self.account(user_id)
        self.codes[user_id] = f"RESET-{next(self._numbers)}"
        return self.codes[user_id]

    async def set_pin(self, name: str, code: str, pin: str, address: str) -> Person:
        self._let_try(address)
        account = self.known.get(name.lower())
        if account is None or self.codes.get(account.user_id) != code:
            self.failures[address] = self.failures.get(address, 0) + 1
            raise SignInError("name or code is wrong")
        _check_pin(pin)
        del self.codes[account.user_id]
        self.pins[account.user_id] = pin
        return _person(account)

    async def leave(self, user_id: str, code: str = "") -> Departure:
        account = await self.account(user_id)
        if account.role == "owner" and sum(one.role == "owner" for one in self.known.values()) == 1:
            raise PermanentError("the last owner can't leave; make somebody else one first")
        del self.known[user_id], self.pins[user_id]
        self._forget_devices(user_id)
        if self._trainee == user_id:
            await self.train(None)
        if not code or code in self.departures:
            code = f"RECEIPT-{next(self._numbers)}"
        self.departures[code] = Departure(
            user_id=user_id, name=account.name, left_at=_SINCE, deleted={"session": 12, "member": 1}, code=code
        )
        return self.departures[code]

    async def departure(self, code: str) -> Departure:
        if code not in self.departures:
            raise PermanentError("no receipt has this code")
        return self.departures[code]

    async def coaches(self) -> tuple[Person, ...]:
        return tuple(_person(one) for one in self.known.values() if one.role == "coach")

    async def sharing_with(self, coach_id: str) -> tuple[Person, ...]:
        return tuple(_person(one) for one in self.known.values() if coach_id in one.profile.coaches)

    async def remember(self, user_id: str, device_name: str) -> str:
        number = next(self._numbers)
        device = Device(device_id=f"device-{number}", name=device_name, created_at=_SINCE, last_seen_at=_SINCE)
        self.remembered[f"secret-{number}"] = (user_id, device)
        return f"secret-{number}"

    async def recall(self, secret: str) -> tuple[Person, str] | None:
        if secret not in self.remembered:
            return None
        user_id, device = self.remembered.pop(secret)
        following = f"secret-{next(self._numbers)}"
        self.remembered[following] = (user_id, device)
        return _person(self.known[user_id]), following

    async def devices(self, user_id: str) -> tuple[Device, ...]:
        return tuple(device for owner, device in self.remembered.values() if owner == user_id)

    async def forget(self, user_id: str, device_id: str) -> None:
        for secret, (owner, device) in list(self.remembered.items()):
            if owner == user_id and device.device_id == device_id:
                del self.remembered[secret]
                return
        raise PermanentError(f"no device {device_id!r} is known")

    async def forget_holder(self, secret: str) -> None:
        self.remembered.pop(secret, None)

    def trainee(self) -> Person | None:
        return None if self._trainee is None else _person(self.known[self._trainee])

    async def train(self, user_id: str | None) -> None:
        if user_id is not None:
            await self.account(user_id)
        self._trainee = user_id
        self.tell("" if user_id is None else self.known[user_id].name)

    def pairing_code(self) -> str:
        return f"PAIR-{self.pairing}"

    async def pair(self, code: str, user_id: str, address: str) -> None:
        self._check_pairing(code, address)
        await self.train(user_id)

    def _check_pairing(self, code: str, address: str) -> None:
        self._let_try(address)
        if code != self.pairing_code():
            self.failures[address] = self.failures.get(address, 0) + 1
            raise SignInError("the code has changed meanwhile; scan the kiosk's screen again")

    def _let_try(self, address: str) -> None:
        if self.failures.get(address, 0) >= MAX_FAILURES:
            raise SignInError("too many wrong tries; wait a minute", retry_after_s=60)

    def _forget_devices(self, user_id: str) -> None:
        self.remembered = {secret: one for secret, one in self.remembered.items() if one[0] != user_id}

    async def _change(self, user_id: str, **fields: Any) -> Account:
        self.known[user_id] = msgspec.structs.replace(await self.account(user_id), **fields)
        return self.known[user_id]


def _person(account: Account) -> Person:
    return Person(user_id=account.user_id, name=account.name, role=account.role)


def _check_pin(pin: str) -> None:
    if len(pin) < 4 or len(set(pin)) == 1:
        raise PermanentError("this PIN is too easy to guess; take at least four different digits")
