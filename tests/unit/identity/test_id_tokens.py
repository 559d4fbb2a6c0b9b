"""ID tokens that were not signed by the provider, or not for us, are refused."""

from __future__ import annotations

import json
import time
from functools import cache
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from designer.identity.refusals import SignInRefused
from designer.identity.tokens import read_id_token

ISSUER, CLIENT, NONCE = "https://id.example", "lockgate", "n-1"


@cache
def key(number: int = 1) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def published(number: int = 1) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key(number).public_key()))
    return {**found, "kid": f"k{number}", "use": "sig", "alg": "RS256"}


def claims(**more: Any) -> dict[str, Any]:
    now = int(time.time())
    made = {"iss": ISSUER, "aud": CLIENT, "sub": "ada", "nonce": NONCE, "iat": now, "exp": now + 60, **more}
    return {name: value for name, value in made.items() if value is not None}


def signed(body: dict[str, Any], number: int = 1, kid: str = "k1") -> str:
    return jwt.encode(body, key(number), algorithm="RS256", headers={"kid": kid})


def read(token: str, keys: list[dict[str, Any]] | None = None) -> Any:
    listed = {"keys": [published()] if keys is None else keys}
    return read_id_token(token, keys=listed, issuer=ISSUER, client_id=CLIENT, nonce=NONCE)


def test_a_good_token_gives_its_claims() -> None:
    assert read(signed(claims(groups=["a"])))["groups"] == ["a"]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"aud": "other"}, "aud"),
        ({"aud": ["other"]}, "aud"),
        ({"aud": [CLIENT, "other"]}, "azp"),
        ({"azp": "other"}, "azp"),
        ({"iss": "https://evil.example"}, "iss"),
        ({"nonce": "n-2"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"exp": 1}, "exp"),
        ({"iat": int(time.time()) + 3600}, "iat"),
        ({"sub": None}, "read or verified"),
        ({"sub": ""}, "sub"),
        ({"exp": None}, "read or verified"),
    ],
)
def test_what_is_not_for_us_now_is_refused(more: dict[str, Any], why: str) -> None:
    token = signed(claims(**more))

    with pytest.raises(SignInRefused) as refused:
        read(token)

    assert refused.value.code == "bad_token"
    assert why in refused.value.log
    assert token not in refused.value.log


def test_a_signature_of_another_key_is_refused() -> None:
    with pytest.raises(SignInRefused, match="cannot be trusted"):
        read(signed(claims(), number=2))


def test_a_key_that_is_not_published_is_refused() -> None:
    with pytest.raises(SignInRefused):
        read(signed(claims(), kid="k9"))


def test_an_unsigned_token_is_refused() -> None:
    with pytest.raises(SignInRefused):
        read(jwt.encode(claims(), None, algorithm="none"))


def test_the_public_key_is_no_shared_secret() -> None:
    """RFC 8725, section 2.1: a token "signed" by HMAC with the public key."""
    secret = {"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA", "kid": "k1"}
    token = jwt.encode(
        claims(), "secret-secret-secret-secret-secret", algorithm="HS256", headers={"kid": "k1"}
    )

    for keys in ([published()], [secret]):
        with pytest.raises(SignInRefused):
            read(token, keys)


@pytest.mark.parametrize("token", ["", "a.b.c", "x" * 10_000])
@pytest.mark.parametrize("keys", [[], [{}], [{"kty": "RSA", "kid": "k1", "n": "?", "e": "?"}]])
def test_nonsense_is_refused(token: str, keys: list[dict[str, Any]]) -> None:
    with pytest.raises(SignInRefused):
        read(token, keys)
    with pytest.raises(SignInRefused):
        read(signed(claims()), keys)
