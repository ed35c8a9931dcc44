"""Tokens of an issuer that tests make up."""

import json
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

ISSUER, AUDIENCE = "https://issuer.example", "kiosk"
SECRET = b"0123456789abcdef0123456789abcdef"
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())


def claims(**fields: Any) -> dict[str, Any]:
    """Return sound claims with some of them others; None leaves one out."""
    told = {"sub": "ann", "iss": ISSUER, "aud": AUDIENCE, "exp": int(time.time()) + 3600} | fields
    return {name: value for name, value in told.items() if value is not None}


def token(key: Any = SECRET, algorithm: str = "HS256", kid: str | None = None, **fields: Any) -> str:
    return jwt.encode(claims(**fields), key, algorithm=algorithm, headers={"kid": kid} if kid else None)


def jwks(**keys: Any) -> bytes:
    """Return public keys under their ids."""
    found = []
    for kid, key in keys.items():
        algorithm: Any = jwt.algorithms.ECAlgorithm if key is EC_KEY else jwt.algorithms.RSAAlgorithm
        found.append(algorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": kid, "use": "sig"})
    return json.dumps({"keys": found}).encode()
