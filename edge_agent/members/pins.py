"""PINs: which are worth something, and their hashes, slow on purpose. The only importer of argon2-cffi.

Argon2id with 19 MiB, two passes and one lane: the smallest of the equally strong settings that OWASP's Password Storage
Cheat Sheet recommends ("Argon2id", 2024). RFC 9106's own 64 MiB would take a Pi with 1 GB what the camera needs.
"""

import re
import unicodedata

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from edge_agent.errors import PermanentError

MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1

_SHORTEST_PHRASE, LONGEST = 8, 128
_DIGITS = re.compile(r"[0-9]{4,12}")
_YEAR = re.compile(r"(19|20)[0-9]{2}")
_UP, _DOWN = "01234567890", "09876543210"
_COMMON = re.compile(
    "2580|0852|1379|1397|2468|1357|1122|2233|1004|1110|123123|112233|159753|147258|789456|passwor[dt]|letmein"
    "|qwert[yz]ui|iloveyou|sunshine|football|baseball|superman|princess|willkommen|fitness1|training"
)
"""From published counts of leaked PINs and passwords; what the patterns below catch is left out."""


class Pins:
    """Hashes and checks PINs."""

    def __init__(self, memory_kib: int = MEMORY_KIB, passes: int = PASSES) -> None:
        self._hasher = PasswordHasher(
            time_cost=passes, memory_cost=memory_kib, parallelism=LANES, hash_len=32, salt_len=16, type=Type.ID
        )
        self._nobodys = self._hasher.hash("nobody has this PIN")

    def hash(self, pin: str) -> str:
        """Return a new salted hash; it carries its parameters."""
        return self._hasher.hash(_normal(pin))

    def matches(self, pin: str, pin_hash: str | None) -> bool:
        """Check a PIN. Without a hash, as for a name that is not known, it takes as long and is wrong."""
        try:
            return self._hasher.verify(pin_hash or self._nobodys, _normal(pin)) and pin_hash is not None
        except (VerificationError, InvalidHashError):
            return False

    def is_outdated(self, pin_hash: str) -> bool:
        """Whether a hash was made with other parameters than today's, so that it is to be made anew."""
        return self._hasher.check_needs_rehash(pin_hash)


def check_pin(pin: str, name: str = "") -> None:
    """Raise `PermanentError` for a PIN that is too simple: 4 to 12 digits, or a longer passphrase.

    `name` is that of the member; what contains it is guessed first.
    """
    pin = _normal(pin)
    if len(pin) > LONGEST:
        raise PermanentError("the PIN is longer than {most} characters; take a shorter one", most=LONGEST)
    if not _DIGITS.fullmatch(pin) and len(pin) < _SHORTEST_PHRASE:
        raise PermanentError("the PIN needs 4 to 12 digits, or {least} characters of any kind", least=_SHORTEST_PHRASE)
    if _is_simple(pin) or (name and _normal(name).casefold() in pin.casefold()):
        raise PermanentError("this PIN is guessed first; take one without years, rows, repetitions or your name")


def _is_simple(pin: str) -> bool:
    folded = pin.casefold()
    return (
        _COMMON.fullmatch(folded) is not None
        or _YEAR.fullmatch(folded) is not None
        or folded in _UP * 2
        or folded in _DOWN * 2
        or _is_repeated(folded)
    )


def _is_repeated(text: str) -> bool:
    """Whether a text is one or two characters again and again."""
    return any(text == (text[:length] * len(text))[: len(text)] for length in (1, 2))


def _normal(text: str) -> str:
    """Return the text as every keyboard would give it, and no longer than is looked at; what is no text is changed."""
    sound = text[: LONGEST + 1].encode("utf-8", "replace").decode()
    return unicodedata.normalize("NFKC", sound).strip()
