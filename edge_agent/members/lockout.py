"""How long somebody waits after wrong PINs and codes. Pure: the clock is an argument, in seconds.

Whoever guesses must become slow, and nobody may be locked out by a neighbour who guesses at their name. So waits grow
for a name at one address; across addresses they grow for a name too, but an address where the name was signed in before
never waits for others, and for itself at most a minute. Everything is bounded; what matters of it outlives a restart.
"""

import ipaddress
from collections.abc import Iterable

from edge_agent.records import Record

FREE_TRIES = 5
"""Wrong ones in a row at one address before the first wait."""
FIRST_WAIT_S = 2.0
LONGEST_WAIT_S = 900.0
"""At an address where the name has never been signed in: under a hundred guesses a day."""
LONGEST_WAIT_KNOWN_S = 60.0
FREE_TRIES_OF_ACCOUNT = 20
FREE_TRIES_OF_ADDRESS = 30
"""At one address, whatever the names."""
LONGEST_WAIT_OF_ADDRESS_S = 60.0
FORGOTTEN_AFTER_S = 24 * 3600.0
_SIGNED_IN = "signed in as "
_MOST_KEPT = 5000
_MOST_TOLD = 200

_Key = tuple[str, str]


class _Failures(Record, frozen=True, kw_only=True):
    count: int
    last_s: float


class Standing(Record, frozen=True, kw_only=True):
    """Of all tries what must not be forgotten: who has to wait, and where those they guess at need not."""

    failures: tuple[tuple[str, str, int, float], ...] = ()
    """Name, address, how many, and when the last one was."""
    known: tuple[tuple[str, str], ...] = ()

    def on_clock(self, now_s: float, other_now_s: float) -> "Standing":
        """Return the same on another clock, by what both say now; what would be yet to come was just now."""
        failures = tuple((*one[:3], other_now_s - max(0.0, now_s - one[3])) for one in self.failures)
        return Standing(failures=failures, known=self.known)


class Lockout:
    """Wrong tries by name and network address. Names are compared as they are: fold them before."""

    def __init__(self) -> None:
        self._failures: dict[_Key, _Failures] = {}
        self._known: dict[_Key, None] = {}

    def wait_s(self, name: str, address: str, now_s: float) -> float:
        """Return how long to wait before the next try; 0 for none."""
        place = network(address)
        own = (name, place)
        if place.startswith(_SIGNED_IN):
            return self._left((own,), FREE_TRIES, LONGEST_WAIT_S, now_s)
        if own in self._known or _is_here(place):
            return self._left((own,), FREE_TRIES, LONGEST_WAIT_KNOWN_S, now_s)
        return max(
            self._left((own,), FREE_TRIES, LONGEST_WAIT_S, now_s),
            self._left(((name, ""),), FREE_TRIES_OF_ACCOUNT, LONGEST_WAIT_S, now_s),
            self._left((("", place),), FREE_TRIES_OF_ADDRESS, LONGEST_WAIT_OF_ADDRESS_S, now_s),
        )

    def failed(self, name: str, address: str, now_s: float) -> None:
        """Count a wrong try."""
        place = network(address)
        for key in ((name, place), (name, ""), ("", place)):
            before = self._failures.pop(key, None)
            fresh = before is not None and now_s - before.last_s < FORGOTTEN_AFTER_S
            self._failures[key] = _Failures(count=(before.count if before and fresh else 0) + 1, last_s=now_s)
        _trim(self._failures)

    def succeeded(self, name: str, address: str) -> None:
        """Forget the wrong tries of a name at an address where it is now known."""
        own = (name, network(address))
        self._failures.pop(own, None)
        self._known.pop(own, None)
        self._known[own] = None
        _trim(self._known)

    def is_known(self, name: str, address: str) -> bool:
        """Whether the name is or was signed in at this address, or the address is the kiosk itself."""
        place = network(address)
        return (name, place) in self._known or _is_here(place) or place.startswith(_SIGNED_IN)

    def forget(self, name: str) -> None:
        """Forget a name: its owner has left, or has a new PIN."""
        for kept in (self._failures, self._known):
            for key in [key for key in kept if key[0] == name]:
                kept.pop(key, None)

    def rename(self, before: str, after: str) -> None:
        """Forget a name, but know the new one where that was known: its owner still has the same phone."""
        places = [place for name, place in self._known if name == before]
        self.forget(before)
        for place in places:
            self.succeeded(after, place)

    def standing(self, now_s: float) -> Standing:
        """Return what has led to a wait or soon will; times as they are on the clock of `now_s`."""
        lasting = [
            (*key, one.count, one.last_s)
            for key, one in self._failures.items()
            if one.count >= FREE_TRIES and now_s - one.last_s < FORGOTTEN_AFTER_S
        ]
        failures = tuple(sorted(lasting, key=lambda one: -one[2])[:_MOST_TOLD])
        names = {name for name, _, _, _ in failures}
        return Standing(failures=failures, known=tuple(key for key in self._known if key[0] in names))

    def recall(self, before: Standing) -> None:
        """Go on from there; tries made meanwhile count on."""
        for name, place, count, last_s in before.failures:
            now = self._failures.pop((name, place), _Failures(count=0, last_s=last_s))
            self._failures[name, place] = _Failures(count=now.count + count, last_s=max(now.last_s, last_s))
        self._known = dict.fromkeys(before.known) | self._known

    def _left(self, keys: Iterable[_Key], free: int, longest_s: float, now_s: float) -> float:
        return max(_left(self._failures.get(key), free, longest_s, now_s) for key in keys)


def signed_in_as(user_id: str) -> str:
    """Return what stands for the address of a member who is signed in: they wait for no guesses but those made so."""
    return _SIGNED_IN + user_id


def network(address: str) -> str:
    """Return what counts as one address: an IPv6 network of 64 bits is one household's."""
    try:
        parsed = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64 if not parsed.is_loopback else 128), strict=False))
    return str(parsed)


def _is_here(place: str) -> bool:
    """Whether it is the kiosk's own screen: whoever guesses there is seen doing it."""
    return place.startswith("127.") or place == "::1/128"


def _left(failures: _Failures | None, free: int, longest_s: float, now_s: float) -> float:
    if failures is None or failures.count < free:
        return 0.0
    # The exponent is bounded: powers of numbers that somebody else chooses would grow without end.
    wait_s = min(longest_s, FIRST_WAIT_S * 2.0 ** min(failures.count - free, 30))
    return max(0.0, failures.last_s + wait_s - now_s)


def _trim(kept: dict[_Key, _Failures] | dict[_Key, None]) -> None:
    while len(kept) > _MOST_KEPT:
        kept.pop(next(iter(kept)))


class HashingBudget:
    """How much hashing strangers may cause, so that a flood of guesses leaves the processor to the camera.

    A bucket of `burst` tries that fills by `per_s` a second; the last `reserved` are for known addresses.
    """

    def __init__(self, per_s: float = 2.0, burst: float = 20.0, reserved: float = 8.0) -> None:
        self._per_s, self._burst, self._reserved = per_s, burst, reserved
        self._left, self._at_s = burst, float("-inf")

    def take(self, now_s: float, *, known: bool) -> float:
        """Take one try and return 0, or return how many seconds to wait."""
        if now_s > self._at_s:
            self._left = min(self._burst, self._left + (now_s - self._at_s) * self._per_s)
            self._at_s = now_s
        wanted = 1.0 if known else 1.0 + self._reserved
        if self._left >= wanted:
            self._left -= 1.0
            return 0.0
        return (wanted - self._left) / self._per_s
