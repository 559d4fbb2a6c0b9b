"""A master key that stays in HashiCorp Vault or OpenBao: its transit engine wraps and unwraps data keys.

The operator names it, not a person of a workspace: so the address is asked although it may be private, and is
not opened to steps by that.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import re
import ssl
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from runtime.credentials.envelope import KEY_BYTES, SealBroken
from runtime.credentials.master_keys import KeyProblem
from runtime.net.headers import header_complaint

if TYPE_CHECKING:
    import httpx2

TIMEOUT_S: Final = 5.0
CHECK_TIMEOUT_S: Final = 1.0
_ID_LENGTH: Final = 32
_ADDRESS: Final = re.compile(r"https?://[A-Za-z0-9.:\[\]_-]+/?")
_KEY: Final = re.compile(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+")
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_REFUSALS: Final[Mapping[int, str]] = {
    403: "refuses CREDENTIAL_KEY_VAULT_TOKEN for {path}",
    404: "has no transit engine at {path}",
    429: "is asked too often",
    472: "is a standby that does not answer",
    473: "is a standby that does not answer",
    503: "is sealed or under maintenance",
}


class TransitKey:
    """A key of a transit engine. Every method that asks raises `KeyProblem`, in words without secrets."""

    def __init__(self, *, address: str, key: str, token: Callable[[], str], namespace: str = "") -> None:
        """`key` is `mount/name`; `token` is asked each time, so that it may be renewed in its file."""
        _check_address(address)
        if not _KEY.fullmatch(key) or {".", ".."} & set(key.split("/")):
            raise KeyProblem(
                "CREDENTIAL_KEY_VAULT_KEY is no mount and name of a key such as transit/lockgate."
            )
        if header_complaint("X-Vault-Namespace", namespace):
            raise KeyProblem("CREDENTIAL_KEY_VAULT_NAMESPACE is no namespace.")
        self._address = address.rstrip("/")
        self._mount, _, self._name = key.rpartition("/")
        self._token = token
        self._namespace = namespace
        self._tls: ssl.SSLContext | None = None

    def __repr__(self) -> str:
        return f"TransitKey({self.id})"

    @property
    def id(self) -> str:
        """Tells it apart wherever Vault stands: it may move to another address."""
        text = f"vault:{self._mount}/{self._name}"
        if self._namespace:
            text = f"vault:{self._namespace}:{self._mount}/{self._name}"
        if len(text) <= _ID_LENGTH:
            return text
        return "vault:" + hashlib.sha256(text.encode()).hexdigest()[:16]

    def wrap(self, data_key: bytes, place: str) -> bytes:
        """The data key as Vault gives it back, which opens for the same place alone."""
        return self._wrap(data_key, place, TIMEOUT_S)

    def unwrap(self, wrapped: bytes, place: str) -> bytes:
        """The data key. Raises also `SealBroken`."""
        return self._unwrap(wrapped, place, TIMEOUT_S)

    def generation(self) -> bytes:
        """What everything begins with that it wraps now: it changes when the key is rotated in Vault."""
        prefix, version, _ = self.wrap(bytes(KEY_BYTES), "generation").split(b":", 2)
        return b"%s:%s:" % (prefix, version)

    def check(self) -> None:
        """Wraps something and unwraps it again."""
        probe = os.urandom(KEY_BYTES)
        try:
            opened = self._unwrap(self._wrap(probe, "check", CHECK_TIMEOUT_S), "check", CHECK_TIMEOUT_S)
        except SealBroken:
            opened = b""
        if opened != probe:
            raise self._problem("does not open what it has just wrapped")

    def _wrap(self, data_key: bytes, place: str, timeout_s: float) -> bytes:
        answer = self._ask("encrypt", {"plaintext": _base64(data_key)}, place, timeout_s)
        if answer.status_code == 400:
            raise self._problem(f"does not wrap with {self.id}: is it a key of the type aes256-gcm96?")
        found = str(self._data(answer).get("ciphertext"))
        if not re.fullmatch(r"[a-z]+:v\d+:[A-Za-z0-9+/=]+", found):
            raise self._problem("gives an answer that is not Vault's")
        return found.encode()

    def _unwrap(self, wrapped: bytes, place: str, timeout_s: float) -> bytes:
        body = {"ciphertext": wrapped.decode("ascii", "replace")}
        answer = self._ask("decrypt", body, place, timeout_s)
        if answer.status_code == 400:
            # Its words are looked at and not repeated.
            if "key not found" in answer.text or "associated_data" in answer.text:
                raise self._problem(f"has no key {self.id} of the type aes256-gcm96")
            raise SealBroken(
                f"Vault does not open it with {self.id}: it was changed or moved, or Vault no longer takes"
                " that version of the key"
            )
        try:
            data_key = base64.b64decode(str(self._data(answer).get("plaintext")), validate=True)
        except (ValueError, binascii.Error):
            data_key = b""
        if len(data_key) != KEY_BYTES:
            raise self._problem("gives an answer that is not Vault's")
        return data_key

    def _ask(self, verb: str, body: dict[str, str], place: str, timeout_s: float) -> httpx2.Response:
        """The answer, whose status is 200 or 400."""
        import httpx2

        path = f"{self._mount}/{verb}/{self._name}"
        try:
            with self._client(timeout_s) as client:
                answer = client.post(
                    f"{self._address}/v1/{path}",
                    headers=self._headers(),
                    json={**body, "associated_data": _base64(place.encode())},
                )
        except httpx2.TimeoutException:
            raise self._problem("does not answer") from None
        except httpx2.HTTPError as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                what = "has a certificate that nobody trusted vouches for (see SSL_CERT_FILE)"
                raise self._problem(what) from None
            raise self._problem("cannot be reached") from None
        if answer.status_code not in (200, 400):
            why = _REFUSALS.get(answer.status_code, f"answers with the status {answer.status_code}")
            raise self._problem(why.format(path=path))
        return answer

    def _headers(self) -> dict[str, str]:
        token = self._token()
        if not token or header_complaint("X-Vault-Token", token):
            raise KeyProblem("CREDENTIAL_KEY_VAULT_TOKEN is empty or no token.")
        headers = {"X-Vault-Token": token, "X-Vault-Request": "true"}
        return {**headers, "X-Vault-Namespace": self._namespace} if self._namespace else headers

    def _data(self, answer: httpx2.Response) -> dict[str, Any]:
        try:
            found = json.loads(answer.content)["data"]
        except (ValueError, RecursionError, LookupError, TypeError):
            found = None
        if not isinstance(found, dict):
            raise self._problem("gives an answer that is not Vault's")
        return found

    def _client(self, timeout_s: float) -> httpx2.Client:
        """For one request: no connection is left open, or shared with a process that is forked."""
        import httpx2

        # This keeps the client's own lines, which show addresses and headers of answers, out of the log.
        import runtime.net.transport  # noqa: F401

        if self._tls is None:
            self._tls = httpx2.create_ssl_context()
        return httpx2.Client(verify=self._tls, trust_env=False, timeout=timeout_s)

    def _problem(self, what: str) -> KeyProblem:
        host = urlsplit(self._address).netloc
        return KeyProblem(f"The key of credentials stays in Vault, and Vault at {host} {what}.")


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        is_one = bool(_ADDRESS.fullmatch(address) and parts.hostname and parts.port != 0)
    except ValueError:
        is_one = False
    if not is_one:
        raise KeyProblem("CREDENTIAL_KEY_VAULT_ADDRESS is no address such as https://vault.example.com:8200.")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise KeyProblem("CREDENTIAL_KEY_VAULT_ADDRESS must be https; http only on this machine.")


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
