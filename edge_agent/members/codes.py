"""One-time codes that people read from a screen and type: to claim the kiosk, to set a new PIN, to pair a phone.

Letters and digits that look like no other. Compared without telling by time how much of a guess was right.
"""

import hashlib
import hmac
import secrets

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""31 characters: no I, L, O, 0 and 1. Eight of them are 39 bits."""
_GROUP = 4
_LONGEST_TYPED = 64


def new_code(length: int = 8) -> str:
    """Return a random code in groups of four, such as `K7QW-3MXA`."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(length))
    return "-".join(letters[start : start + _GROUP] for start in range(0, length, _GROUP))


def same_code(typed: str, code: str) -> bool:
    """Compare what was typed, however it is spaced and capitalised."""
    return hmac.compare_digest(_plain(typed), _plain(code))


def code_hash(code: str) -> str:
    """Return what may be kept of a code or secret that is too long to be guessed: SHA-256, in hex."""
    return hashlib.sha256(_plain(code)).hexdigest()


def secret_hash(secret: str) -> str:
    """Return what is kept of a random 256-bit secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def new_secret() -> str:
    """Return 256 random bits as text."""
    return secrets.token_urlsafe(32)


def _plain(code: str) -> bytes:
    return "".join(letter for letter in code[:_LONGEST_TYPED].upper() if letter.isalnum()).encode()


class ChangingCode:
    """A code that is replaced when it has been on show for so long, or was guessed at too often; times in seconds.

    The one before stays good for as long again, so that nobody scans a code that is void already.
    """

    def __init__(self, lasts_s: float = float("inf"), tries: int = 10_000, length: int = 8) -> None:
        self._lasts_s = lasts_s
        self._tries = tries
        self._length = length
        self._codes: list[tuple[str, float]] = []
        self._failed = 0

    def text(self, now_s: float) -> str:
        """Return the code to show."""
        if not self._codes or now_s - self._codes[0][1] >= self._lasts_s:
            self._codes = [(new_code(self._length), now_s), *self._codes[:1]]
        return self._codes[0][0]

    def accepts(self, typed: str, now_s: float) -> bool:
        """Check what was typed. After too many wrong ones all codes are void, and a new one is shown."""
        good = [code for code, since_s in self._codes if now_s - since_s < 2 * self._lasts_s]
        matches = [same_code(typed, code) for code in good]
        if any(matches):
            return True
        self._failed += 1
        if self._failed >= self._tries:
            self.renew()
        return False

    def renew(self) -> None:
        """Make all codes void."""
        self._codes, self._failed = [], 0
