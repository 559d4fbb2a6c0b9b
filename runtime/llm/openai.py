"""The chat completions format of OpenAI, which most local servers speak too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from runtime.llm.messages import Ask, ModelError, Reply, ServerEvent, Usage, broken_stream, malformed
from runtime.llm.reading import count_in, list_in, object_in, parse, text_in, usage_of

_END: Final = "[DONE]"


class OpenAiWire:
    """`POST {base_url}/chat/completions`."""

    path = "/chat/completions"

    def __init__(self, limit_key: Literal["max_tokens", "max_completion_tokens"] = "max_tokens") -> None:
        """`limit_key`: OpenAI itself wants `max_completion_tokens` for its newer models."""
        self._limit_key = limit_key

    def headers(self, key: str | None) -> dict[str, str]:
        return {} if key is None else {"Authorization": f"Bearer {key}"}

    def body(self, ask: Ask) -> dict[str, Any]:
        messages = [{"role": "system", "content": ask.system}] if ask.system else []
        body: dict[str, Any] = {
            "model": ask.model,
            "messages": [*messages, {"role": "user", "content": ask.prompt}],
        }
        if ask.temperature is not None:
            body["temperature"] = ask.temperature
        if ask.max_tokens is not None:
            body[self._limit_key] = ask.max_tokens
        if ask.wants_json:
            body["response_format"] = {"type": "json_object"}
        if ask.stream:
            body |= {"stream": True, "stream_options": {"include_usage": True}}
        return body

    def read(self, answer: Any) -> Reply:
        choices = list_in(answer, "choices")
        if not choices:
            raise malformed("it has no choices")
        message = object_in(choices[0], "message")
        text = text_in(message, "content")
        if text is None:
            _refuse(text_in(message, "refusal"))
            raise malformed("its message has no text")
        return Reply(
            text,
            text_in(answer, "model") or "",
            text_in(choices[0], "finish_reason"),
            _usage(object_in(answer, "usage")),
        )

    def reader(self) -> OpenAiReader:
        return OpenAiReader()


class OpenAiReader:
    """Chunks with deltas, then one with the usage, then `[DONE]`."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._refusal = ""
        self._model = ""
        self._finish_reason: str | None = None
        self.usage: Usage | None = None
        self.is_over = False

    def feed(self, event: ServerEvent) -> str:
        if event.data.strip() == _END:
            self.is_over = True
            return ""
        chunk = parse(event.data)
        if not isinstance(chunk, Mapping):
            raise malformed("an event of the stream is no object")
        if chunk.get("error"):
            raise _told_failure(chunk)
        self._model = text_in(chunk, "model") or self._model
        self.usage = _usage(object_in(chunk, "usage")) or self.usage
        added = ""
        for choice in list_in(chunk, "choices")[:1]:
            delta = object_in(choice, "delta")
            added = text_in(delta, "content") or ""
            self._refusal += text_in(delta, "refusal") or ""
            self._finish_reason = text_in(choice, "finish_reason") or self._finish_reason
        self._texts.append(added)
        return added

    def reply(self) -> Reply:
        if self._finish_reason is None:
            raise broken_stream("no finish_reason came")
        text = "".join(self._texts)
        if not text:
            _refuse(self._refusal)
        return Reply(text, self._model, self._finish_reason, self.usage)


def _usage(usage: Mapping[str, Any]) -> Usage | None:
    return usage_of(count_in(usage, "prompt_tokens"), count_in(usage, "completion_tokens"))


def _refuse(refusal: str | None) -> None:
    if refusal:
        raise ModelError(f"The model refuses: {refusal}", code="refused")


def _told_failure(chunk: Mapping[str, Any]) -> ModelError:
    told = text_in(object_in(chunk, "error"), "message") or text_in(chunk, "error") or "no reason given"
    return ModelError(f"The provider broke off: {told}", code="model_unavailable", retryable=True)
