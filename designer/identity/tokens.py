"""ID tokens: whether one was signed by the provider, for us, in answer to what this browser asked. Pure.

OpenID Connect Core 1.0, section 3.1.3.7; RFC 8725 for algorithms.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any, Final

import jwt

from designer.identity.refusals import SignInRefused

# Signatures with a key that only the provider has. Never `none`, never a shared secret.
ALGORITHMS: Final = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
)  # fmt: skip
LEEWAY_S: Final = 30
_REQUIRED: Final = ("exp", "iat", "iss", "aud", "sub")
_WORDS: Final[Mapping[type[jwt.PyJWTError], str]] = {
    jwt.InvalidAudienceError: "it is meant for another application (aud)",
    jwt.InvalidIssuerError: "it comes from another provider (iss)",
    jwt.ExpiredSignatureError: "it is too old (exp)",
    jwt.ImmatureSignatureError: "it is from the future (iat, nbf)",
    jwt.InvalidSignatureError: "its signature is not the provider's",
}


def read_id_token(
    token: str, *, keys: Mapping[str, Any], issuer: str, client_id: str, nonce: str
) -> Mapping[str, Any]:
    """The claims of the token. Raises `SignInRefused` (`bad_token`) with what is wrong, never the token."""
    try:
        key = _key_of(token, keys)
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=list(ALGORITHMS),
            audience=client_id,
            issuer=issuer,
            leeway=LEEWAY_S,
            options={"require": list(_REQUIRED)},
        )
    except jwt.PyJWTError as error:
        raise _bad(_WORDS.get(type(error), "it cannot be read or verified")) from error
    _check_parties(claims, client_id)
    if not _same(claims.get("nonce"), nonce):
        raise _bad("it answers another sign-in (nonce)")
    return claims


def _key_of(token: str, keys: Mapping[str, Any]) -> jwt.PyJWK:
    header = jwt.get_unverified_header(token)
    if header.get("alg") not in ALGORITHMS:
        raise _bad("it is not signed in a way that is accepted (alg)")
    listed = keys.get("keys")
    found = [
        each
        for each in (listed if isinstance(listed, list) else [])
        if isinstance(each, dict)
        and each.get("use", "sig") == "sig"
        and each.get("kty") != "oct"
        and ("kid" not in header or each.get("kid") == header["kid"])
    ]
    if len(found) != 1:
        raise _bad("its key is not among the provider's keys (kid)")
    return jwt.PyJWK.from_dict(found[0], algorithm=str(header["alg"]))


def _check_parties(claims: Mapping[str, Any], client_id: str) -> None:
    audience, party = claims["aud"], claims.get("azp")
    if isinstance(audience, list) and len(audience) > 1 and party is None:
        raise _bad("it names several applications and not which one asked (azp)")
    if party is not None and party != client_id:
        raise _bad("another application asked for it (azp)")
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise _bad("it does not say who it is about (sub)")


def _same(given: Any, expected: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(given.encode(), expected.encode())


def _bad(why: str) -> SignInRefused:
    message = "What the provider answered cannot be trusted. Try again; if it stays, tell an administrator."
    return SignInRefused("bad_token", message, f"ID token refused: {why}")
