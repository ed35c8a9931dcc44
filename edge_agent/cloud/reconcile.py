"""Compares store, mirror and devices by the digests of their days, and repairs what differs: the newest version of each
record goes wherever it is missing, deletions too. Nothing is ever taken back, so it may be killed and run again.

The stores are used from the event loop: nothing else runs there.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from edge_agent.cloud.comparing import Difference, compare, differing_names, lacking, portions, unlike
from edge_agent.cloud.device_talk import DeviceTalk, online_devices, talking
from edge_agent.cloud.store import Delivery, RecordStore
from edge_agent.config import SyncConfig
from edge_agent.digests import Version, differing_days
from edge_agent.errors import TemporaryError
from edge_agent.records import Record

_PORTION = 2000
"""Records of a device that are looked at together."""
_BATCH = 200
_SETTLED_WITHIN_S = 60.0
_LOOK_EVERY_S = 0.25

Names = Sequence[tuple[str, str]]


class Result(Record, frozen=True, kw_only=True):
    """How many differences there were, and how many are left; `silent` devices could not be asked."""

    found: int = 0
    left: int = 0
    silent: int = 0


class Reconciliation:
    """Works on open stores. `tell` takes lines for people; without `repair` it only lists."""

    def __init__(
        self, store: RecordStore, mirror: RecordStore | None, tell: Callable[[str], None], *, repair: bool = True
    ) -> None:
        self._store = store
        self._mirror = mirror
        self._tell = tell
        self._repair = repair
        self._found = self._left = self._silent = 0

    async def run(self, broker: SyncConfig | None, devices: Sequence[str] = ()) -> Result:
        """Compare all, or only some devices. Raises `TemporaryError` while a database or the broker is away."""
        # From database to database first: what one can give the other no kiosk needs to send.
        self._databases(devices)
        if broker is None:
            self._tell("no broker was given: the devices themselves were not asked")
        else:
            before = self._found
            await self._devices(broker, devices)
            if self._found > before and self._repair:
                self._databases(devices)
        return Result(found=self._found, left=self._left, silent=self._silent)

    # Store and mirror

    def _databases(self, devices: Sequence[str]) -> None:
        if self._mirror is None:
            return
        known = devices or sorted({*self._store.devices(), *self._mirror.devices()})
        for names in differing_names(self._store, self._mirror, known):
            for start in range(0, len(names), _BATCH):
                self._level(self._mirror, names[start : start + _BATCH])

    def _level(self, mirror: RecordStore, names: Names) -> None:
        found, into_store, into_mirror = compare(self._store.read(names), mirror.read(names), ("store", "mirror"))
        if self._repair:
            _write(self._store, into_store)
            _write(mirror, into_mirror)
        for one in found:
            self._note(one, repaired=self._repair and one.fault != "other")

    def _note(self, difference: Difference, *, repaired: bool) -> None:
        self._found += 1
        self._left += not repaired
        self._tell(f"{difference.words}{', repaired' if repaired else ''}")

    # Devices

    async def _devices(self, broker: SyncConfig, devices: Sequence[str]) -> None:
        online = await online_devices(broker)
        for device_id in devices or sorted({*online, *self._store.devices()}):
            try:
                if device_id not in online:
                    raise TemporaryError(f"{device_id} is not online: it was not asked")
                async with talking(broker, device_id) as talk:
                    await self._device(talk)
            except TemporaryError as error:
                self._silent += 1
                self._tell(str(error))

    async def _device(self, talk: DeviceTalk) -> None:
        its_days = await talk.days()
        our_days = self._store.digests(talk.device_id)
        for days in portions(differing_days(its_days, our_days), [*its_days, *our_days], _PORTION):
            its = await talk.versions(days)
            ours = [one for day in days for one in self._store.versions(talk.device_id, day)]
            await self._settle(talk, its, unlike(its, ours))

    async def _settle(self, talk: DeviceTalk, its: Sequence[Version], names: Names) -> None:
        found = self._faults(talk.device_id, its, names)
        wanted = [(one.entity, one.key) for one in found if one.fault != "other"]
        left = {(one.entity, one.key) for one in found}
        if wanted and self._repair:
            unknown = await talk.again(wanted)
            left = await self._left_after(talk.device_id, its, wanted, {*unknown}) | (left - {*wanted})
        for one in found:
            self._note(one, repaired=(one.entity, one.key) not in left)

    async def _left_after(
        self, device_id: str, its: Sequence[Version], wanted: Names, unknown: set[tuple[str, str]]
    ) -> set[tuple[str, str]]:
        """Wait until the workers have stored what the device sends again; return what is missing even then.

        What the device does not know either it fetches from here, so that is settled too.
        """
        give_up_s = time.monotonic() + _SETTLED_WITHIN_S
        left = {*wanted} - unknown
        while left and time.monotonic() < give_up_s:
            await asyncio.sleep(_LOOK_EVERY_S)
            left = {(one.entity, one.key) for one in self._faults(device_id, its, sorted(left))}
        return left

    def _faults(self, device_id: str, its: Sequence[Version], names: Names) -> list[Difference]:
        stock = {(one.entity, one.key): one for one in its}
        batches = (names[start : start + _BATCH] for start in range(0, len(names), _BATCH))
        return [one for some in batches for one in lacking(stock, self._store.read(some), some, device_id)]


def _write(store: RecordStore, deliveries: Sequence[Delivery]) -> None:
    if deliveries:
        store.write(deliveries, datetime.now(UTC).isoformat(timespec="milliseconds"), copied=True)
