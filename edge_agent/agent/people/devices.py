"""Phones and browsers that stay signed in: each holds a secret that changes with every use; only hashes are kept."""

import logging
from datetime import datetime, timedelta

import msgspec
import uuid_utils

from edge_agent.agent.people.directory import Directory
from edge_agent.errors import PermanentError
from edge_agent.interface.people import Device
from edge_agent.journal.accounts import Accounts, KnownDevice
from edge_agent.members.codes import new_secret, secret_hash

logger = logging.getLogger(__name__)

_LASTS = timedelta(days=180)
_MOST_OF_ONE = 20
_MOST_UNUSED = 4
"""Secrets given out and not yet shown: several requests at once each get one."""
_LONGEST_NAME = 100


class Devices:
    """Belongs to one event loop."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    async def remember(self, user_id: str, name: str) -> str:
        """Return the secret of a new device; those unused for longest make room."""
        device_id, secret, now = str(uuid_utils.uuid7()), new_secret(), self._directory.writer.wall.stamp()
        row = KnownDevice(
            device_id=device_id,
            user_id=user_id,
            name="".join(filter(str.isprintable, name))[:_LONGEST_NAME],
            hashes=(secret_hash(secret),),
            created_at=now,
            last_seen_at=now,
        )

        def keep(accounts: Accounts) -> None:
            own = sorted(accounts.devices(user_id), key=lambda one: one.last_seen_at)
            accounts.remove(*own[: max(0, len(own) + 1 - _MOST_OF_ONE)])
            accounts.put(row)

        await self._directory.keep(keep)
        return f"{device_id}.{secret}"

    async def recall(self, secret: str) -> tuple[str, str] | None:
        """Return whose device has a secret and the one to use next time; None when it is not known.

        A secret that was replaced by one that has been used since is in wrong hands: the device is forgotten.
        """
        device_id, _, shown = secret.partition(".")
        following = new_secret()
        now = self._directory.writer.wall.now()

        def use(accounts: Accounts) -> str | None:
            row = accounts.device(device_id)
            if row is None:
                return None
            hashes = _after_use(row.hashes, secret_hash(shown), secret_hash(following))
            if hashes is None or now - datetime.fromisoformat(row.last_seen_at) > _LASTS:
                logger.warning(
                    "device %s (%s) is forgotten: its secret was replaced or is too old", row.name, device_id
                )
                accounts.remove(row)
                return None
            seen = now.isoformat(timespec="milliseconds")
            accounts.put(msgspec.structs.replace(row, hashes=hashes, last_seen_at=seen))
            return row.user_id

        user_id = await self._directory.keep(use)
        return None if user_id is None else (user_id, f"{device_id}.{following}")

    async def of(self, user_id: str) -> tuple[Device, ...]:
        rows = await self._directory.ask(lambda accounts: accounts.devices(user_id))
        return tuple(
            Device(device_id=row.device_id, name=row.name, created_at=row.created_at, last_seen_at=row.last_seen_at)
            for row in rows
        )

    async def forget(self, user_id: str, device_id: str) -> None:
        """Raises `PermanentError` when the member has no such device."""

        def forget(accounts: Accounts) -> None:
            row = accounts.device(device_id)
            if row is None or row.user_id != user_id:
                raise PermanentError("no device {device_id!r} is known", device_id=device_id)
            accounts.remove(row)

        await self._directory.keep(forget)

    async def forget_holder(self, secret: str) -> None:
        """Forget the device that holds a secret; one that nobody holds is no error."""
        device_id, _, shown = secret.partition(".")

        def forget(accounts: Accounts) -> None:
            row = accounts.device(device_id)
            if row and secret_hash(shown) in row.hashes:
                accounts.remove(row)

        await self._directory.keep(forget)

    async def forget_all(self, user_id: str) -> None:
        await self._directory.keep(lambda accounts: accounts.remove(*accounts.devices(user_id)))


def _after_use(hashes: tuple[str, ...], shown: str, following: str) -> tuple[str, ...] | None:
    """Return a device's hashes after one was shown and another given out; None for one that is void.

    Hashes of 256 random bits are looked up as they are: what a comparison takes tells nothing about the secret.
    """
    if shown not in hashes:
        return None
    unused = hashes[1:] if shown == hashes[0] else ()
    return (shown, *unused[-(_MOST_UNUSED - 1) :], following)
