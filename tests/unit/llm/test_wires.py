"""Both formats, read from what providers send; what is not of the format is told apart from an answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from runtime.llm.anthropic import AnthropicWire
from runtime.llm.messages import Ask, ModelError, Reply, ServerEvent, StreamReader, Usage
from runtime.llm.openai import OpenAiWire

ASK = Ask("m", "Hello?", system="Be kind.", temperature=0.5, max_tokens=9, wants_json=True, stream=True)


def feed(reader: StreamReader, *events: Any) -> list[str]:
    return [reader.feed(ServerEvent("message", json.dumps(event))) for event in events]


def delta(text: str, reason: str | None = None) -> dict[str, Any]:
    return {"model": "served", "choices": [{"delta": {"content": text}, "finish_reason": reason}]}


def test_openai_request() -> None:
    assert OpenAiWire("max_completion_tokens").body(ASK) == {
        "model": "m",
        "messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hello?"}],
        "temperature": 0.5,
        "max_completion_tokens": 9,
        "response_format": {"type": "json_object"},
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    assert OpenAiWire().body(Ask("m", "Hi")) == {
        "model": "m",
        "messages": [{"role": "user", "content": "Hi"}],
    }
    assert OpenAiWire().headers("k") == {"Authorization": "Bearer k"}
    assert OpenAiWire().headers(None) == {}


def test_anthropic_request() -> None:
    body = AnthropicWire().body(ASK)

    assert body.pop("system").startswith("Be kind.\n\nAnswer with one JSON")
    assert body == {
        "model": "m",
        "max_tokens": 9,
        "messages": [{"role": "user", "content": "Hello?"}],
        "temperature": 0.5,
        "stream": True,
    }
    assert AnthropicWire().body(Ask("m", "Hi"))["max_tokens"] > 0
    assert AnthropicWire().headers("k") == {"anthropic-version": "2023-06-01", "x-api-key": "k"}


def test_openai_stream() -> None:
    reader = OpenAiWire().reader()

    texts = feed(
        reader,
        delta("Hel"),
        delta("lo", "stop"),
        {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2}},
    )
    reader.feed(ServerEvent("message", "[DONE]"))

    assert texts == ["Hel", "lo", ""]
    assert reader.is_over
    assert reader.reply() == Reply("Hello", "served", "stop", Usage(3, 2))


def test_anthropic_stream() -> None:
    reader = AnthropicWire().reader()

    texts = feed(
        reader,
        {
            "type": "message_start",
            "message": {
                "model": "served",
                "usage": {"input_tokens": 3, "cache_read_input_tokens": 4, "output_tokens": 1},
            },
        },
        {"type": "ping"},
        {"type": "a_type_of_tomorrow", "x": 1},
        {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "Hello"}},
        {"type": "content_block_delta", "delta": {"type": "input_json_delta", "partial_json": "{"}},
        {"type": "message_delta", "delta": {"stop_reason": "max_tokens"}, "usage": {"output_tokens": 5}},
        {"type": "message_stop"},
    )

    assert "".join(texts) == "Hello"
    assert reader.is_over
    assert reader.reply() == Reply("Hello", "served", "length", Usage(7, 5))


@pytest.mark.parametrize("wire", [OpenAiWire(), AnthropicWire()], ids=["openai", "anthropic"])
def test_a_stream_that_ends_in_the_middle_is_no_answer(wire: Any) -> None:
    reader = wire.reader()
    feed(
        reader, delta("Hel"), {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "Hel"}}
    )

    with pytest.raises(ModelError) as caught:
        reader.reply()

    assert (caught.value.code, caught.value.retryable) == ("stream_broken", True)


@pytest.mark.parametrize("wire", [OpenAiWire(), AnthropicWire()], ids=["openai", "anthropic"])
@pytest.mark.parametrize("data", ["{", "NaN", "[" * 100_000])
def test_an_event_that_is_no_json_is_malformed(wire: Any, data: str) -> None:
    with pytest.raises(ModelError) as caught:
        wire.reader().feed(ServerEvent("message", data))

    assert caught.value.code == "malformed_answer"


@pytest.mark.parametrize("wire", [OpenAiWire(), AnthropicWire()], ids=["openai", "anthropic"])
@pytest.mark.parametrize(
    "answer", [None, [], {}, {"choices": [None]}, {"choices": "x", "content": 3}, "text"]
)
def test_an_answer_of_another_shape_is_malformed(wire: Any, answer: Any) -> None:
    with pytest.raises(ModelError) as caught:
        wire.read(answer)

    assert caught.value.code == "malformed_answer"


@pytest.mark.parametrize("count", [None, -1, 1.5, True, "3", 2**60])
def test_usage_that_is_no_count_is_not_known(count: Any) -> None:
    answer = {
        "choices": [{"message": {"content": "Hi"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": count, "completion_tokens": 1},
    }

    assert OpenAiWire().read(answer).usage is None


def test_errors_inside_a_stream() -> None:
    with pytest.raises(ModelError) as openai:
        feed(OpenAiWire().reader(), {"error": {"message": "overloaded"}})
    with pytest.raises(ModelError) as anthropic:
        feed(
            AnthropicWire().reader(), {"type": "error", "error": {"type": "overloaded_error", "message": "x"}}
        )

    assert [(found.value.code, found.value.retryable) for found in (openai, anthropic)] == [
        ("model_unavailable", True),
        ("model_unavailable", True),
    ]


def test_a_refusal_is_told_as_one() -> None:
    answer = {"choices": [{"message": {"content": None, "refusal": "I will not."}, "finish_reason": "stop"}]}

    with pytest.raises(ModelError, match="I will not") as caught:
        OpenAiWire().read(answer)

    assert caught.value.code == "refused"
