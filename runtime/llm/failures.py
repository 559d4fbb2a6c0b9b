"""What a refused call means: statuses and errors of the way there, as errors of the model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from runtime.credentials.redactor import Redactor
from runtime.engine.errors import NodeError
from runtime.llm.messages import ModelError
from runtime.llm.models import Route
from runtime.llm.reading import object_in, parse, text_in
from runtime.net.content import retry_after_s

_MESSAGE_CHARACTERS: Final = 400
_MEANINGS: Final[Mapping[int, tuple[str, bool]]] = {
    400: ("bad_request", False),
    401: ("unauthorized", False),
    403: ("unauthorized", False),
    404: ("unknown_model", False),
    408: ("timeout", True),
    413: ("bad_request", False),
    422: ("bad_request", False),
    429: ("rate_limited", True),
    529: ("model_unavailable", True),
}


def refused(route: Route, status: int, headers: Mapping[str, str], body: bytes) -> ModelError:
    """The error of an answer that is not 200."""
    code, retryable = _MEANINGS.get(
        status, ("model_unavailable" if status >= 500 else "bad_request", status >= 500)
    )
    told, kind = _told(body)
    if kind == "insufficient_quota":
        code, retryable = "quota_exhausted", False
    said = f": {told}" if told else ""
    facts: dict[str, Any] = {"status": status}
    asked_s = retry_after_s(headers)
    if asked_s is not None:
        facts["retry_after_s"] = asked_s
    return ModelError(
        f"{route.provider} answered {status} for {route.model!r}{said}",
        code=code,
        retryable=retryable,
        **facts,
    )


def as_model_error(error: NodeError) -> ModelError:
    """An error of the client, a credential or a breaker, with its code."""
    if isinstance(error, ModelError):
        return error
    return ModelError(error.message, code=error.code, retryable=error.retryable, **error.facts)


def brief(error: ModelError, key: str | None) -> ModelError:
    """The error without the key, and then no longer than one reads: half a key could not be found."""
    redactor = Redactor()
    redactor.learn(*([key] if key else []))
    error.message = redactor.text(error.message)[:_MESSAGE_CHARACTERS]
    error.args = (error.message,)
    return error


def _told(body: bytes) -> tuple[str, str]:
    """What the provider says, and its word for it."""
    try:
        document = parse(body[: 1 << 16])
    except ModelError:
        return "", ""
    error = object_in(document, "error")
    told = text_in(error, "message") or text_in(document, "error") or text_in(document, "message") or ""
    return told, text_in(error, "code") or text_in(error, "type") or ""
