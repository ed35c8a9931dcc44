"""Members prove who they are by name and PIN, and set new PINs."""

import time
from collections.abc import Sequence

import msgspec

from edge_agent.agent.people.devices import Devices
from edge_agent.agent.people.directory import Directory, folded, put_reset_code
from edge_agent.agent.people.pin_desk import PinDesk
from edge_agent.agent.people.remembered_tries import RememberedTries
from edge_agent.interface.people import Account
from edge_agent.journal.accounts import Access, Accounts
from edge_agent.members.codes import code_hash
from edge_agent.members.lockout import signed_in_as
from edge_agent.members.pins import check_pin
from edge_agent.phrase import Phrase


class SigningIn:
    """Belongs to one event loop."""

    def __init__(self, directory: Directory, devices: Devices) -> None:
        self.desk = PinDesk()
        self._directory = directory
        self._devices = devices
        self._tries = RememberedTries(directory)

    async def close(self) -> None:
        await self._tries.recall(self.desk.lockout)
        await self._tries.keep(self.desk.lockout, at_once=True)
        self.desk.close()

    async def sign_in(self, name: str, pin: str, address: str) -> Account:
        """Check a name and PIN tried from a network address. Raises `SignInError`."""
        named = await self._directory.named(name)
        access = [await self._directory.access(one.user_id) for one in named]
        tried = [(account, one.pin_hash) for account, one in zip(named, access, strict=True) if one.pin_hash]
        found = await self._check(folded(name), pin, address, [pin_hash for _, pin_hash in tried])
        account, pin_hash = tried[found]
        if await self.desk.is_outdated(pin_hash):
            await self._replace(account.user_id, pin_hash, await self.desk.hash(pin))
        return account

    async def confirm(self, account: Account, pin: str) -> None:
        """Check the PIN of a member who is signed in. Raises `SignInError`."""
        access = await self._directory.access(account.user_id)
        hashes = [access.pin_hash] if access.pin_hash else []
        await self._check(folded(account.name), pin, signed_in_as(account.user_id), hashes)

    async def change_pin(self, account: Account, old: str, new: str, address: str) -> None:
        """Raises `SignInError` for a wrong old PIN and `PermanentError` for a new one that is too simple."""
        await self.confirm(account, old)
        await self._set(account, new)
        self.desk.meet(folded(account.name), address)

    async def reset_code(self, user_id: str) -> str:
        """Return a code for `set_pin`. Raises `PermanentError` when nobody is known under that id."""
        await self._directory.account(user_id)
        return await self._directory.keep(lambda accounts: put_reset_code(accounts, user_id, time.time()))

    async def set_pin(self, name: str, code: str, pin: str, address: str) -> Account:
        """Set a new PIN with a reset code. Raises as `change_pin`; the code is used up only when that is done."""
        named = await self._directory.named(name)
        given, found = code_hash(code), None

        async def is_right() -> bool:
            nonlocal found
            for account in named:
                if _has_code(await self._directory.access(account.user_id), given):
                    found = account
            return found is not None

        await self.desk.check_code(f"reset of {folded(name)}", address, is_right, Phrase("name or code is wrong"))
        assert found
        await self._set(found, pin)
        self.desk.meet(folded(found.name), address)
        return found

    async def _set(self, account: Account, pin: str) -> None:
        check_pin(pin, account.name)
        pin_hash = await self.desk.hash(pin)
        await self._directory.change_access(account.user_id, pin_hash=pin_hash, reset_hash=None, reset_until=0.0)
        await self._devices.forget_all(account.user_id)
        await self.forget(account.name)

    async def forget(self, name: str) -> None:
        """Forget the wrong tries of a name: its owner has left, or has another PIN."""
        await self._tries.recall(self.desk.lockout)
        self.desk.forget(folded(name))
        await self._tries.keep(self.desk.lockout, at_once=True)

    async def rename(self, before: str, after: str) -> None:
        """Forget the wrong tries of a name, and know where its owner signed in under the new one."""
        await self._tries.recall(self.desk.lockout)
        self.desk.lockout.rename(folded(before), folded(after))
        await self._tries.keep(self.desk.lockout, at_once=True)

    async def _check(self, name: str, pin: str, address: str, hashes: Sequence[str]) -> int:
        await self._tries.recall(self.desk.lockout)
        try:
            return await self.desk.check(name, pin, address, hashes)
        finally:
            await self._tries.keep(self.desk.lockout)

    async def _replace(self, user_id: str, outdated: str, pin_hash: str) -> None:
        """Put a new hash of the same PIN in place, unless the PIN was changed meanwhile."""

        def replace(accounts: Accounts) -> None:
            access = accounts.access(user_id)
            if access.pin_hash == outdated:
                accounts.put(msgspec.structs.replace(access, pin_hash=pin_hash))

        await self._directory.keep(replace)


def _has_code(access: Access, given: str) -> bool:
    """Whether a code with this hash may set the PIN; a hash can be compared at leisure."""
    return access.reset_hash == given and time.time() < access.reset_until
