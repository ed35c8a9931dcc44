"""Two kiosks, a broker, two workers and a database, with a breakable network between them, and what can befall them."""

import asyncio
import contextlib
import random
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.chaos.account import Account, Promises
from tests.chaos.clouds import Cloud
from tests.chaos.meddler import Meddler
from tests.chaos.network import Link
from tests.chaos.processes import Device, RestlessBroker, Worker
from tests.ports import free_port

_PATIENCE_S = 200.0
"""Longer than a receipt is waited for at most, with the pause before the next sending."""
_LONGEST_FAULT_S = 1.2


class Arena:
    """Everything running. Each fault breaks something, waits, and mends it."""

    def __init__(self, folder: Path, cloud: Cloud, seed: int, *, trusting: bool = False) -> None:
        """The seed decides what befalls them in which round; when exactly is also up to the machine."""
        self._cloud = cloud
        self._plan, self._chance = random.Random(seed), random.Random(seed)
        self.promises = Promises()
        self._broker = RestlessBroker(folder)
        self._kiosk_link, self._worker_link = Link(self._broker.port), Link(self._broker.port)
        self._cloud_link = Link(cloud.port) if cloud.port else None
        self._folder = folder
        self._trusting = trusting
        self._devices: list[Device] = []
        self._workers: list[Worker] = []
        self._meddler = Meddler(self._broker.url, self._chance)
        self.befell: dict[str, int] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        await self._start()
        meddling = asyncio.create_task(self._meddler.run())
        try:
            yield
        finally:
            meddling.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await meddling
            for one in [*self._devices, *self._workers]:
                await one.kill()
            for link in self._links:
                await link.stop()
            self._broker.kill()

    async def _start(self) -> None:
        self._broker.start()
        for link in self._links:
            await link.start()
        store = self._cloud.url(self._cloud_link.port if self._cloud_link else None)
        for number in (1, 2):
            broker = f"mqtt://127.0.0.1:{self._worker_link.port}"
            self._workers.append(Worker(broker, store, self._folder / f"worker-{number}.log"))
            state = self._folder / f"kiosk-{number}"
            state.mkdir()
            broker = f"mqtt://127.0.0.1:{self._kiosk_link.port}"
            self._devices.append(Device(state, free_port(), broker, self.promises, trusting=self._trusting))
        for one in [*self._workers, *self._devices]:
            await one.start()

    @property
    def _links(self) -> list[Link]:
        return [self._kiosk_link, self._worker_link, *([self._cloud_link] if self._cloud_link else [])]

    # What befalls them

    async def round(self) -> None:
        """One or two faults at the same moment, then a moment of peace."""
        faults = [self._kill_device, self._kill_worker, self._kill_broker, self._cut, self._stall, self._flood]
        if self._cloud_link:
            faults.append(self._kill_cloud)
        chosen = self._plan.sample(faults, self._plan.choice((1, 1, 2)))
        await asyncio.gather(self._meddler.meddle(), *(self._befall(fault) for fault in chosen))
        await asyncio.sleep(self._chance.uniform(0, _LONGEST_FAULT_S))

    async def _befall(self, fault: Callable[[], Awaitable[None]]) -> None:
        name = fault.__name__.strip("_")
        self.befell[name] = self.befell.get(name, 0) + 1
        await asyncio.sleep(self._chance.uniform(0, 0.2))
        await fault()

    async def _pause(self) -> None:
        await asyncio.sleep(self._chance.uniform(0, _LONGEST_FAULT_S))

    async def _kill_device(self) -> None:
        device = self._chance.choice(self._devices)
        await device.kill()
        await device.start()
        await asyncio.sleep(self._chance.uniform(0.3, 2.0))  # it needs a while to open its journal

    async def _kill_worker(self) -> None:
        worker = self._chance.choice(self._workers)
        await worker.kill()
        await self._pause()
        await worker.start()

    async def _kill_broker(self) -> None:
        self._broker.kill(forget=self._chance.random() < 0.5)
        await self._pause()
        await asyncio.to_thread(self._broker.start)

    async def _kill_cloud(self) -> None:
        await asyncio.to_thread(self._cloud.kill)
        await self._pause()
        await asyncio.to_thread(self._cloud.start)

    async def _cut(self) -> None:
        link = self._chance.choice(self._links)
        link.cut()
        await self._pause()
        link.mend()

    async def _stall(self) -> None:
        link = self._chance.choice(self._links)
        link.stall()
        await self._pause()
        link.mend()

    async def _flood(self) -> None:
        """No worker reads: the broker's queue runs over, and then a worker is killed with its hands full."""
        self._worker_link.stall()
        await asyncio.sleep(1.0)
        await self._workers[0].kill()
        self._worker_link.mend()
        await self._workers[0].start()

    # The account

    async def settle(self) -> Account:
        """Let the kiosks rest until nothing is pending, and compare. Raises `TimeoutError` when something stays."""
        for device in self._devices:
            await device.rest()
        await self._wait_until_nothing_is_pending()
        for device in self._devices:
            await device.kill(signal.SIGTERM)
        for worker in self._workers:
            await worker.kill(signal.SIGTERM)
        return self.promises.compare(*await asyncio.to_thread(self._cloud.read))

    async def _wait_until_nothing_is_pending(self) -> None:
        """A slow database may take long, as long as it gets on."""
        fewest, since_s = None, time.monotonic()
        while pending := [device.pending for device in self._devices if device.pending != 0]:
            known = [count for count in pending if count is not None]
            if len(known) == len(pending) and (fewest is None or sum(known) < fewest):
                fewest, since_s = sum(known), time.monotonic()
            if time.monotonic() - since_s > _PATIENCE_S:
                raise TimeoutError(f"{fewest} sessions stay pending for {_PATIENCE_S:.0f} s of peace")
            await asyncio.sleep(0.1)
