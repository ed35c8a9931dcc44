"""Bearer tokens of API clients: JWTs of one issuer, signed with a shared secret or with keys from its JWKS.

The only importer of PyJWT. Which algorithm may be used follows from the keys we have, never from the token: HS256 with
the secret, RS256 and ES256 with public keys; anything else, `none` above all, is refused.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import jwt
import msgspec

from edge_agent.errors import ConfigError, PermanentError
from edge_agent.keys import is_key
from edge_agent.records import Record

LEEWAY_S = 60.0
"""Clocks of kiosk and issuer may differ so much."""
_LONGEST_TOKEN, _LONGEST_SUBJECT = 8192, 128
_SHORTEST_SECRET = 32
"""Bytes: RFC 7518, 3.2."""
_DIGEST = "sub:"
_PUBLIC = {"RS256": "RSA", "ES256": "EC"}


class Claims(Record, frozen=True, kw_only=True):
    """Whom a token speaks for."""

    sub: str
    email: str | None = None
    name: str | None = None
    issued_at: float | None = None
    """Unix seconds."""


class TokenError(PermanentError):
    """A token that is not good; the message may be told to whoever sent it."""


class UnknownKeyError(TokenError):
    """A token signed with a key that is not in the key set we have; a newer set may have it."""


class TokenRules(Record, frozen=True, kw_only=True):
    """What a token must say; an empty text asks for nothing."""

    issuer: str = ""
    audience: str = ""
    leeway_s: float = LEEWAY_S


class Tokens:
    """Checks tokens. Without a secret and without keys none is good."""

    def __init__(self, rules: TokenRules, secret: bytes | None = None) -> None:
        """Raises `ConfigError` for a secret that could be guessed."""
        if secret is not None and len(secret) < _SHORTEST_SECRET:
            raise ConfigError(f"tokens.secret_file: the secret has {len(secret)} bytes; at least {_SHORTEST_SECRET}")
        self._rules = rules
        self._secret = secret
        self._keys: list[jwt.PyJWK] = []

    @property
    def has_keys(self) -> bool:
        return bool(self._keys)

    def use_keys(self, jwks: bytes) -> None:
        """Use the keys of a JWKS document from now on. Raises `PermanentError`; the old ones are kept then."""
        try:
            document = msgspec.json.decode(jwks, type=dict[str, Any])
            self._keys = jwt.PyJWKSet.from_dict(document).keys
        except (msgspec.MsgspecError, UnicodeDecodeError, jwt.PyJWTError, ValueError, TypeError) as error:
            raise PermanentError("no JWKS that can be used: {cause}", cause=error) from error

    def claims(self, token: str) -> Claims:
        """Return whom a token speaks for. Raises `TokenError`."""
        if len(token) > _LONGEST_TOKEN:
            raise TokenError("the token is too long")
        try:
            header = jwt.get_unverified_header(token)
            algorithm, key = self._key_for(header)
            told = jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                leeway=self._rules.leeway_s,
                issuer=self._rules.issuer or None,
                audience=self._rules.audience or None,
                options={
                    "require": ["exp", "sub", *(["iss"] if self._rules.issuer else [])],
                    "verify_aud": bool(self._rules.audience),
                },
            )
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
            raise TokenError("the token is not valid: {cause}", cause=error) from error
        return _claims(told)

    def _key_for(self, header: Mapping[str, Any]) -> tuple[str, Any]:
        algorithm = header.get("alg")
        if algorithm == "HS256" and self._secret is not None:
            return "HS256", self._secret
        if not isinstance(algorithm, str) or algorithm not in _PUBLIC or not self._keys:
            raise TokenError("the token is signed in a way that is not accepted here")
        kid = header.get("kid")
        for key in self._keys:
            if key.key_type == _PUBLIC[algorithm] and key.public_key_use != "enc" and kid in (None, key.key_id):
                return algorithm, key
        raise UnknownKeyError("the token is signed with a key that is not known here")


def _claims(told: Mapping[str, Any]) -> Claims:
    sub = told.get("sub")
    if not isinstance(sub, str) or not 0 < len(sub) <= _LONGEST_SUBJECT or not sub.isprintable() or sub != sub.strip():
        raise TokenError("the token's subject is no user id")
    iat = told.get("iat")
    issued_at = float(iat) if isinstance(iat, (int, float)) else None
    return Claims(sub=sub, email=_text(told.get("email")), name=_text(told.get("name")), issued_at=issued_at)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= _LONGEST_SUBJECT and value.isprintable() else None


def user_id_of(claims: Claims) -> str:
    """Return the user id of a token's subject: itself, or for one that can be no key a digest that can."""
    if is_key(claims.sub) and not claims.sub.startswith(_DIGEST):
        return claims.sub
    return _DIGEST + hashlib.sha256(claims.sub.encode()).hexdigest()
