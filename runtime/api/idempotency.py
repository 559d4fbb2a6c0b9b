"""`Idempotency-Key` on POST: the same key and body again gets the first answer again, and acts once."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authorization import subject_of
from runtime.api.errors import ApiProblem
from runtime.api.rendering import BodyRenderer, dump
from runtime.services import idempotency

MAX_KEY = 200
_KEPT_HEADERS = ("ETag", "Location")


def once(request: Request, act: Callable[[], Response]) -> Response:
    """`act()`, or the kept answer of the request that used this key before.

    A refusal frees the key: a corrected request may use it again. Raises `ApiProblem` 422 when
    the key stood for another request, and 409 while that request still runs.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return act()
    _check_key(key)
    claim = idempotency.claim(user_id=subject_of(request).pk, key=key, fingerprint=_fingerprint(request))
    match claim:
        case idempotency.Answered():
            return _again(claim)
        case idempotency.Mismatch():
            raise ApiProblem(
                422,
                "idempotency_key_reused",
                "This Idempotency-Key was used for another request. Use a new one.",
            )
        case idempotency.InProgress():
            raise ApiProblem(
                409,
                "request_in_progress",
                "The first request with this Idempotency-Key is still running. Try again in a moment.",
                headers={"Retry-After": "1"},
            )
        case idempotency.Claimed():
            return _act_and_keep(claim, act)


def _act_and_keep(claim: idempotency.Claimed, act: Callable[[], Response]) -> Response:
    try:
        response = act()
    except BaseException:
        idempotency.release(claim)
        raise
    headers = {name: response[name] for name in _KEPT_HEADERS if name in response}
    idempotency.keep(
        claim, status=response.status_code, body=BodyRenderer().render(response.data), headers=headers
    )
    return response


def _again(answer: idempotency.Answered) -> Response:
    return Response(
        answer.body or None, status=answer.status, headers={**answer.headers, "Idempotent-Replay": "true"}
    )


def _check_key(key: str) -> None:
    if not key or len(key) > MAX_KEY or not key.isprintable() or not key.isascii():
        message = f"Send 1 to {MAX_KEY} printable ASCII characters."
        raise ApiProblem(400, "bad_idempotency_key", f"The Idempotency-Key cannot be used. {message}")


def _fingerprint(request: Request) -> str:
    """Keyed, because it is stored: a plain hash of a body with a password would let it be guessed."""
    digest = hmac.new(settings.SECRET_KEY.encode(), digestmod=hashlib.sha256)
    digest.update(f"{request.method} {request.get_full_path()}\n".encode())
    files = getattr(request, "FILES", None)
    if files:
        _add_files(digest, request)
    else:
        digest.update(dump(request.data))
    return digest.hexdigest()


def _add_files(digest: Any, request: Request) -> None:
    for name in sorted(request.FILES):
        file = request.FILES[name]
        digest.update(f"{name}\0{file.name}\0{file.size}\n".encode())
        for chunk in file.chunks():
            digest.update(chunk)
        file.seek(0)
    for name in sorted(request.POST):
        digest.update(f"{name}\0{request.POST[name]}\n".encode())
