"""The messages format of Anthropic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from runtime.llm.messages import Ask, ModelError, Reply, ServerEvent, Usage, broken_stream, malformed
from runtime.llm.reading import count_in, list_in, object_in, parse, text_in, usage_of

VERSION: Final = "2023-06-01"
MAX_TOKENS: Final = 4096  # the format demands a limit
_JSON_ONLY: Final = "Answer with one JSON object and nothing else."
_FINISHED: Final = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "refusal": "content_filter",
}
_PASSING: Final = frozenset({"overloaded_error", "api_error", "timeout_error", "rate_limit_error"})


class AnthropicWire:
    """`POST {base_url}/messages`."""

    path = "/messages"

    def headers(self, key: str | None) -> dict[str, str]:
        headers = {"anthropic-version": VERSION}
        return headers if key is None else {**headers, "x-api-key": key}

    def body(self, ask: Ask) -> dict[str, Any]:
        # The format has no setting for JSON: the model is told.
        system = "\n\n".join(filter(None, (ask.system, _JSON_ONLY if ask.wants_json else "")))
        body: dict[str, Any] = {
            "model": ask.model,
            "max_tokens": ask.max_tokens or MAX_TOKENS,
            "messages": [{"role": "user", "content": ask.prompt}],
        }
        if system:
            body["system"] = system
        if ask.temperature is not None:
            body["temperature"] = ask.temperature
        if ask.stream:
            body["stream"] = True
        return body

    def read(self, answer: Any) -> Reply:
        texts = [
            text
            for part in list_in(answer, "content")
            if text_in(part, "type") == "text" and (text := text_in(part, "text")) is not None
        ]
        reason = _finish_reason(text_in(answer, "stop_reason"))
        if not texts and reason is None:
            raise malformed("it has no content")
        return Reply(
            "".join(texts), text_in(answer, "model") or "", reason, _usage(object_in(answer, "usage"))
        )

    def reader(self) -> AnthropicReader:
        return AnthropicReader()


class AnthropicReader:
    """`message_start`, deltas of content blocks, `message_delta` with the reason, `message_stop`.

    Types that are not known are passed over, as the format asks for.
    """

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._model = ""
        self._finish_reason: str | None = None
        self._input_tokens: int | None = None
        self._output_tokens: int | None = None
        self.is_over = False

    @property
    def usage(self) -> Usage | None:
        return usage_of(self._input_tokens, self._output_tokens)

    def feed(self, event: ServerEvent) -> str:
        data = parse(event.data)
        match text_in(data, "type") or event.type:
            case "message_start":
                self._begin(object_in(data, "message"))
            case "content_block_delta":
                return self._add(object_in(data, "delta"))
            case "message_delta":
                self._end(data)
            case "message_stop":
                self.is_over = True
            case "error":
                raise _told_failure(object_in(data, "error"))
        return ""

    def reply(self) -> Reply:
        if self._finish_reason is None:
            raise broken_stream("no stop_reason came")
        return Reply("".join(self._texts), self._model, self._finish_reason, self.usage)

    def _begin(self, message: Mapping[str, Any]) -> None:
        self._model = text_in(message, "model") or ""
        self._count(object_in(message, "usage"))

    def _add(self, delta: Mapping[str, Any]) -> str:
        text = (text_in(delta, "text") or "") if text_in(delta, "type") == "text_delta" else ""
        self._texts.append(text)
        return text

    def _end(self, data: Any) -> None:
        self._finish_reason = _finish_reason(text_in(object_in(data, "delta"), "stop_reason"))
        self._count(object_in(data, "usage"))

    def _count(self, usage: Mapping[str, Any]) -> None:
        """Later counts of the output stand for all of it."""
        given = _input_tokens(usage)
        self._input_tokens = self._input_tokens if given is None else given
        produced = count_in(usage, "output_tokens")
        self._output_tokens = self._output_tokens if produced is None else produced


def _usage(usage: Mapping[str, Any]) -> Usage | None:
    return usage_of(_input_tokens(usage), count_in(usage, "output_tokens"))


def _input_tokens(usage: Mapping[str, Any]) -> int | None:
    """What was read from a cache, or put there, is told apart from the rest and was input as well."""
    plain = count_in(usage, "input_tokens")
    if plain is None:
        return None
    cached = ("cache_creation_input_tokens", "cache_read_input_tokens")
    return plain + sum(count_in(usage, key) or 0 for key in cached)


def _finish_reason(stop_reason: str | None) -> str | None:
    return None if stop_reason is None else _FINISHED.get(stop_reason, stop_reason)


def _told_failure(error: Mapping[str, Any]) -> ModelError:
    kind = text_in(error, "type") or "error"
    told = text_in(error, "message") or "no reason given"
    code = "rate_limited" if kind == "rate_limit_error" else "model_unavailable"
    return ModelError(f"The provider broke off ({kind}): {told}", code=code, retryable=kind in _PASSING)
