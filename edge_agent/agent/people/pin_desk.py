"""Where PINs and codes are checked: one after the other, in a thread of their own, slower for whoever guesses.

Each try sees all that failed before it, because none is checked beside another.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from math import ceil
from typing import TypeVar

from edge_agent.interface.people import SignInError
from edge_agent.members.lockout import HashingBudget, Lockout, network
from edge_agent.members.pins import Pins
from edge_agent.phrase import Phrase

T = TypeVar("T")

_MOST_WAITING = 16
_MOST_CANDIDATES = 3


class PinDesk:
    """Belongs to one event loop. `clock` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, make_pins: Callable[[], Pins] = Pins) -> None:
        """`make_pins` is called in the thread: it hashes already."""
        self._clock = clock
        self._make_pins = make_pins
        self.lockout = Lockout()
        self._budget = HashingBudget()
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pins")
        self._pins: Pins | None = None

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    async def check(self, name: str, pin: str, address: str, hashes: Sequence[str]) -> int:
        """Return which of the PINs of a (folded) name this is. Raises `SignInError`.

        A name that has none takes as long as one that has.
        """
        async with self._place():
            self._let_try(name, address, hashing=True)
            found = await self._work(lambda pins: _matching(pins, pin, hashes))
            self._note(name, address, right=found is not None)
        if found is None:
            raise SignInError("name or PIN is wrong")
        return found

    async def check_code(self, what: str, address: str, check: Callable[[], Awaitable[bool]], words: Phrase) -> None:
        """Check a code. Raises `SignInError` with `words` for a wrong one.

        Codes are far too many to be guessed, so who guesses slows down only their own address.
        """
        name = f"{what} from {network(address)}"
        async with self._place():
            self._let_try(name, address, hashing=False)
            right = await check()
            self._note(name, address, right=right)
        if not right:
            raise SignInError(words)

    async def hash(self, pin: str) -> str:
        """Return a new hash. Raises `SignInError` when there is too much to do."""
        async with self._place():
            return await self._work(lambda pins: pins.hash(pin))

    async def is_outdated(self, pin_hash: str) -> bool:
        return await self._work(lambda pins: pins.is_outdated(pin_hash))

    def meet(self, name: str, address: str) -> None:
        """Take an address as one where a name is known."""
        self.lockout.succeeded(name, address)

    def forget(self, name: str) -> None:
        """Forget the wrong tries of a name."""
        self.lockout.forget(name)

    def _let_try(self, name: str, address: str, *, hashing: bool) -> None:
        now_s = self._clock()
        wait_s = self.lockout.wait_s(name, address, now_s)
        if wait_s:
            raise SignInError("too many wrong tries; wait {wait_s} s", ceil(wait_s), wait_s=ceil(wait_s))
        if hashing and (wait_s := self._budget.take(now_s, known=self.lockout.is_known(name, address))):
            raise SignInError("too many sign in at once; wait {wait_s} s", ceil(wait_s), wait_s=ceil(wait_s))

    def _note(self, name: str, address: str, *, right: bool) -> None:
        if right:
            self.lockout.succeeded(name, address)
        else:
            self.lockout.failed(name, address, self._clock())

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        """Wait for one's turn, unless too many do."""
        if self._waiting >= _MOST_WAITING:
            raise SignInError("too many sign in at once; wait a few seconds", 3)
        self._waiting += 1
        try:
            async with self._turn:
                yield
        finally:
            self._waiting -= 1

    async def _work(self, work: Callable[[Pins], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._with_pins, work)

    def _with_pins(self, work: Callable[[Pins], T]) -> T:
        if self._pins is None:
            self._pins = self._make_pins()
        return work(self._pins)


def _matching(pins: Pins, pin: str, hashes: Sequence[str]) -> int | None:
    for index, pin_hash in enumerate(hashes[:_MOST_CANDIDATES]):
        if pins.matches(pin, pin_hash):
            return index
    if not hashes:
        pins.matches(pin, None)
    return None
