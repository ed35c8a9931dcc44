"""Who is signed in by browser: kept in memory, bounded, and over after a while without use.

The secret that a browser holds is never kept here, only its digest; it is new at every sign-in, so an id that somebody
planted before is worth nothing. After a restart remembered devices sign in again by themselves.
"""

import hashlib
import secrets
import time
from collections.abc import Callable

from edge_agent.records import Record

IDLE_S = 30 * 60.0
LONGEST_S = 12 * 3600.0
SHARED_IDLE_S = 60.0
"""Whoever walks away from the kiosk's own screen leaves nothing open for the next one."""
MAX_OPEN = 2000
MAX_OF_ONE = 20


class SignIn(Record, frozen=True, kw_only=True):
    """One browser's sign-in."""

    user_id: str
    csrf_token: str
    began_s: float
    is_shared: bool = False
    last_workout: str | None = None
    """The newest workout when somebody signed in at a shared screen: with the next one it is over."""


class SignIns:
    """All sign-ins by the digest of their secret. `clock` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._open: dict[str, SignIn] = {}
        self._used_s: dict[str, float] = {}
        """Least recently used first."""

    def __len__(self) -> int:
        return len(self._open)

    def begin(self, user_id: str, *, is_shared: bool = False, last_workout: str | None = None) -> tuple[str, SignIn]:
        """Return a new secret and what it stands for. When there are too many, those unused for longest end."""
        self._make_room(user_id)
        secret, now_s = secrets.token_urlsafe(32), self._clock()
        begun = SignIn(
            user_id=user_id,
            csrf_token=secrets.token_urlsafe(16),
            began_s=now_s,
            is_shared=is_shared,
            last_workout=last_workout,
        )
        self._open[_digest(secret)] = begun
        self._used_s[_digest(secret)] = now_s
        return secret, begun

    def find(self, secret: str) -> SignIn | None:
        """Return what a secret stands for; None when it is unknown or over."""
        key = _digest(secret)
        found = self._open.get(key)
        if found and self._is_over(key, found):
            self._drop(key)
            return None
        return found

    def use(self, secret: str) -> None:
        """Count the time without use from now."""
        key = _digest(secret)
        if key in self._open:
            del self._used_s[key]
            self._used_s[key] = self._clock()

    def end(self, secret: str) -> None:
        self._drop(_digest(secret))

    def end_all(self, user_id: str, but: str | None = None) -> None:
        """End all sign-ins of a member, except the one with the secret `but`."""
        spared = None if but is None else _digest(but)
        for key in self._of(user_id):
            if key != spared:
                self._drop(key)

    def _is_over(self, key: str, found: SignIn) -> bool:
        now_s = self._clock()
        idle_s = SHARED_IDLE_S if found.is_shared else IDLE_S
        return now_s - self._used_s[key] > idle_s or now_s - found.began_s > LONGEST_S

    def _make_room(self, user_id: str) -> None:
        for key in [key for key, found in self._open.items() if self._is_over(key, found)]:
            self._drop(key)
        own = self._of(user_id)
        if len(own) >= MAX_OF_ONE:
            self._drop(own[0])
        if len(self._open) >= MAX_OPEN:
            self._drop(next(iter(self._used_s)))

    def _of(self, user_id: str) -> list[str]:
        return [key for key in self._used_s if self._open[key].user_id == user_id]

    def _drop(self, key: str) -> None:
        self._open.pop(key, None)
        self._used_s.pop(key, None)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
