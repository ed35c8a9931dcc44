import base64
import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from edge_agent.errors import ConfigError, PermanentError
from edge_agent.members.tokens import Claims, TokenError, TokenRules, Tokens, UnknownKeyError, user_id_of
from tests.token_parts import AUDIENCE, EC_KEY, ISSUER, OTHER_RSA_KEY, RSA_KEY, SECRET, claims, jwks, token

RULES = TokenRules(issuer=ISSUER, audience=AUDIENCE)


def with_secret() -> Tokens:
    return Tokens(RULES, SECRET)


def with_keys() -> Tokens:
    tokens = Tokens(RULES)
    tokens.use_keys(jwks(r=RSA_KEY, e=EC_KEY))
    return tokens


def unsigned(header: dict[str, Any]) -> str:
    parts = (base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode() for one in (header, claims()))
    return ".".join([*parts, ""])


def test_a_token_signed_with_the_secret_is_good() -> None:
    told = with_secret().claims(token(email="ann@example.org", name="Ann"))
    assert told == Claims(sub="ann", email="ann@example.org", name="Ann")


@pytest.mark.parametrize(("key", "algorithm", "kid"), [(RSA_KEY, "RS256", "r"), (EC_KEY, "ES256", "e")])
def test_a_token_signed_with_a_key_of_the_set_is_good(key: object, algorithm: str, kid: str) -> None:
    assert with_keys().claims(token(key, algorithm, kid)).sub == "ann"
    assert with_keys().claims(token(key, algorithm)).sub == "ann"


BAD = {
    "expired": {"exp": int(time.time()) - 120},
    "not yet valid": {"nbf": int(time.time()) + 3600},
    "without an end": {"exp": None},
    "without a subject": {"sub": None},
    "an empty subject": {"sub": ""},
    "a subject that is no text": {"sub": 7},
    "a subject with spaces around": {"sub": " ann"},
    "a subject that is too long": {"sub": "a" * 129},
    "another issuer": {"iss": "https://evil.example"},
    "no issuer": {"iss": None},
    "another audience": {"aud": "another"},
    "no audience": {"aud": None},
}


@pytest.mark.parametrize("fields", BAD.values(), ids=BAD)
def test_a_token_with_claims_that_are_not_sound_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(TokenError):
        with_secret().claims(token(**fields))


def test_clocks_may_differ_by_a_minute() -> None:
    assert with_secret().claims(token(exp=int(time.time()) - 30)).sub == "ann"


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "", None, 7, ["HS256"]])
def test_an_unsigned_token_is_refused(alg: object) -> None:
    for tokens in (with_secret(), with_keys()):
        with pytest.raises(TokenError):
            tokens.claims(unsigned({"alg": alg, "typ": "JWT"}))


def test_a_token_forged_with_another_secret_or_key_is_refused() -> None:
    with pytest.raises(TokenError):
        with_secret().claims(token(b"another secret of thirty-two byte"))
    with pytest.raises(TokenError):
        with_keys().claims(token(OTHER_RSA_KEY, "RS256", "r"))


def test_a_public_key_is_no_secret() -> None:
    """Who signs with HS256 and the published key must not get in."""
    public = RSA_KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    header = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"r"}').rstrip(b"=")
    body = base64.urlsafe_b64encode(json.dumps(claims()).encode()).rstrip(b"=")
    signature = base64.urlsafe_b64encode(hmac.digest(public, header + b"." + body, hashlib.sha256)).rstrip(b"=")
    with pytest.raises(TokenError):
        with_keys().claims(b".".join([header, body, signature]).decode())


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_other_algorithms_are_refused(algorithm: str) -> None:
    with pytest.raises(TokenError):
        with_secret().claims(token(algorithm=algorithm))


def test_an_unknown_key_is_told_apart() -> None:
    with pytest.raises(UnknownKeyError):
        with_keys().claims(token(RSA_KEY, "RS256", "new"))


@pytest.mark.parametrize("text", ["", "a", "a.b", "a.b.c", "....", "e30.e30.", "ä.ö.ü", "x" * 9000, "\ud800.a.b"])
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(TokenError):
        with_secret().claims(text)


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b'{"keys": 5}', b'{"keys": []}', b'{"keys": [{}]}', b"\xff"])
def test_a_key_set_that_is_none_leaves_the_old_keys(text: bytes) -> None:
    tokens = with_keys()
    with pytest.raises(PermanentError):
        tokens.use_keys(text)
    assert tokens.claims(token(RSA_KEY, "RS256", "r")).sub == "ann"


def test_without_secret_and_keys_no_token_is_good() -> None:
    with pytest.raises(TokenError):
        Tokens(RULES).claims(token())


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ConfigError, match="32"):
        Tokens(RULES, b"short")


def test_a_subject_that_can_be_a_key_is_the_user_id() -> None:
    assert user_id_of(Claims(sub="0194f7a1-5ca4")) == "0194f7a1-5ca4"


def test_other_subjects_get_user_ids_of_their_own() -> None:
    ids = {user_id_of(Claims(sub=sub)) for sub in ("auth0|1", "auth0|2", "sub:1")}
    assert len(ids) == 3
    assert all(user_id.startswith("sub:") and len(user_id) == 68 for user_id in ids)
