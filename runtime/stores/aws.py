"""AWS Secrets Manager by its JSON protocol, signed with Signature Version 4."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from runtime.credentials.revealed import Revealed
from runtime.engine.secret import Secret
from runtime.services_protocol import HttpClient, HttpResponse
from runtime.stores.asking import Asking, StoreFailed, open_text, read_object

CURRENT: Final = "AWSCURRENT"
PENDING: Final = "AWSPENDING"
PREVIOUS: Final = "AWSPREVIOUS"
_TYPE: Final = "application/x-amz-json-1.1"
_THROTTLED: Final = frozenset({"ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"})
_REFUSED: Final = frozenset({"AccessDeniedException", "AccessDenied"})
_UNKNOWN_KEY: Final = frozenset({"UnrecognizedClientException", "InvalidClientTokenId"})
_SIGNATURE: Final = frozenset({"InvalidSignatureException", "SignatureDoesNotMatch"})


@dataclass(frozen=True, slots=True)
class AwsSecret:
    text: Secret
    version: str
    stages: tuple[str, ...]


class AwsStore:
    """Secrets by name or ARN. Every method raises `StoreFailed`."""

    def __init__(self, opened: Revealed, http: HttpClient, *, region: str = "") -> None:
        """`opened`: a credential of the type `aws`; `region` instead of its own where it is stated."""
        self._opened = opened
        self._region = region or open_text(opened, "region")
        self._endpoint = open_text(opened, "endpoint")
        self._asking = Asking("AWS Secrets Manager", http)

    async def who_am_i(self) -> str:
        """Proves that the key is one, by the list of secrets, which it need not be allowed; names it."""
        try:
            await self._call("ListSecrets", {"MaxResults": 1}, "")
        except StoreFailed as failure:
            if not failure.denied:
                raise
        return open_text(self._opened, "access_key_id")

    async def read(self, name: str, *, stage: str = CURRENT, version: str = "") -> AwsSecret:
        """A version by its id, else the one that has the stage."""
        wanted = {"VersionId": version} if version else {"VersionStage": stage}
        found = await self._call("GetSecretValue", {"SecretId": name, **wanted}, name)
        text = found.get("SecretString")
        if not isinstance(text, str):
            raise StoreFailed(f"The secret {name!r} of AWS Secrets Manager is no text but binary.")
        return AwsSecret(Secret(text), str(found.get("VersionId")), tuple(found.get("VersionStages") or ()))

    async def write(self, name: str, text: Secret, *, token: str, stage: str) -> str:
        """A new version with a stage; its id is `token` (a UUID). The same again changes nothing."""
        body = {"SecretId": name, "SecretString": text.reveal(), "VersionStages": [stage]}
        found = await self._call("PutSecretValue", {**body, "ClientRequestToken": token}, name)
        return str(found.get("VersionId") or token)

    async def stages(self, name: str) -> Mapping[str, tuple[str, ...]]:
        """The stages of each version that has some."""
        found = await self._call("DescribeSecret", {"SecretId": name}, name)
        listed = found.get("VersionIdsToStages")
        return {str(key): tuple(each) for key, each in listed.items()} if isinstance(listed, dict) else {}

    async def move_stage(self, name: str, stage: str, *, to: str = "", away_from: str = "") -> None:
        """Gives the stage to a version, and takes it from the one that has it."""
        body = {"SecretId": name, "VersionStage": stage}
        if to:
            body["MoveToVersionId"] = to
        if away_from:
            body["RemoveFromVersionId"] = away_from
        await self._call("UpdateSecretVersionStage", body, name)

    async def _call(self, action: str, body: Mapping[str, Any], name: str) -> dict[str, Any]:
        sent = json.dumps(body).encode()
        address = self._endpoint or _address(self._region)
        headers = self._signed(address, action, sent)
        answer = await self._asking.ask("POST", f"{address}/", headers, sent)
        if answer.status != 200:
            raise self._refusal(answer, action, name)
        return read_object(answer)

    def _signed(self, address: str, action: str, body: bytes) -> dict[str, str]:
        from botocore.auth import SigV4Auth  # takes a while to load
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials

        stated = {"Content-Type": _TYPE, "X-Amz-Target": f"secretsmanager.{action}"}
        request = AWSRequest("POST", f"{address}/", headers=stated, data=body)
        token = self._opened.secrets.get("session_token")
        key = Credentials(
            open_text(self._opened, "access_key_id"),
            self._opened.secret("secret_access_key").reveal(),
            None if token is None or not token.reveal() else token.reveal(),
        )
        SigV4Auth(key, "secretsmanager", self._region).add_auth(request)
        # The host is part of what is signed; the client sends it itself.
        return {str(name): str(value) for name, value in request.headers.items() if name.lower() != "host"}

    def _refusal(self, answer: HttpResponse, action: str, name: str) -> StoreFailed:
        kind = _kind(answer)
        if kind == "ResourceNotFoundException":
            why = f"has no secret {name!r} in {self._region}, or not the version that was asked for."
            return self._asking.failed(answer, why, missing=True)
        if kind in _REFUSED:
            why = f"refuses the access key: it may not {action}."
            return self._asking.failed(answer, why, denied=True)
        why = ""
        if kind in _UNKNOWN_KEY:
            why = "does not know the access key."
        elif kind in _SIGNATURE:
            why = f"refuses the signature: is the secret access key right, and the region {self._region}?"
        elif kind == "InvalidRequestException":
            why = f"does not do that with {name!r}: it may have been marked for deletion."
        elif kind in _THROTTLED or answer.status == 429:
            reason = f"{self._asking.label} is asked too often."
            return StoreFailed(reason, status=answer.status, retryable=True)
        elif answer.status in (401, 403):
            why = "refuses the access key."
        return self._asking.failed(answer, why)


def _kind(answer: HttpResponse) -> str:
    """The name of the error: in JSON `{"__type": "prefix#Name"}`; gateways before it answer with XML."""
    stated = read_object(answer).get("__type") or answer.headers.get("x-amzn-errortype") or ""
    if stated:
        return str(stated).rpartition("#")[2].partition(":")[0]
    text = answer.body.decode("utf-8", "replace")
    return text.partition("<Code>")[2].partition("</Code>")[0][:100]


def _address(region: str) -> str:
    domain = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return f"https://secretsmanager.{region}.{domain}"
