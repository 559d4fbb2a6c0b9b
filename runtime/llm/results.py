"""The `result` of a step that asks a model, with an answer and without."""

from __future__ import annotations

from typing import Any, Final

from runtime.engine.errors import NodeError
from runtime.llm.messages import ModelError, Reply
from runtime.llm.tries import Answer

_OF_THE_ANSWER: Final = ("tries", "usage", "cost")


def result_of(answer: Answer) -> dict[str, Any]:
    """The result of an answered question."""
    reply = answer.reply
    assert reply is not None  # noqa: S101
    last = answer.tries[-1]
    return {
        "text": reply.text,
        "data": answer.data,
        "model": reply.model or last.model,
        "provider": last.provider,
        "finish_reason": reply.finish_reason,
        "usage": None if answer.usage is None else answer.usage.to_dict(),
        "cost": answer.cost,
        "error": None,
        "attempts": [found.to_dict() for found in answer.tries],
    }


def failure_of(answer: Answer) -> ModelError:
    """The error of a question without an answer; it carries what the result tells of all that were asked."""
    error = answer.error
    error.facts["tries"] = [found.to_dict() for found in answer.tries]
    if answer.usage is not None:
        error.facts |= {"usage": answer.usage.to_dict(), "cost": answer.cost}
    return error


def failed_result(error: NodeError) -> dict[str, Any]:
    """The result of a failure: the same keys, with `error` instead of an answer."""
    told = error.to_dict()
    tries, usage, cost = (told.pop(key, None) for key in _OF_THE_ANSWER)
    return {
        "text": None,
        "data": None,
        "model": None,
        "provider": None,
        "finish_reason": None,
        "usage": usage,
        "cost": cost,
        "error": told,
        "attempts": tries or [],
    }


def refuse_filtered(reply: Reply) -> None:
    """An answer that was filtered away is none: raises `ModelError` (`refused`)."""
    if reply.text or reply.finish_reason != "content_filter":
        return
    failure = ModelError("The provider's filter took the answer away", code="refused")
    failure.usage = reply.usage
    raise failure
