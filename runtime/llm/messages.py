"""What is asked of a model, what it answers, and how a call fails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from runtime.engine.errors import NodeError


@dataclass(frozen=True, slots=True)
class Ask:
    """One call. `model` is the provider's own name of it."""

    model: str
    prompt: str
    system: str = ""
    temperature: float | None = None
    max_tokens: int | None = None
    wants_json: bool = False
    stream: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the provider counts them."""

    input_tokens: int
    output_tokens: int

    @property
    def total(self) -> int:
        return self.input_tokens + self.output_tokens

    def to_dict(self) -> dict[str, int]:
        return {
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
            "total_tokens": self.total,
        }


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer. `finish_reason` is `stop`, `length`, `content_filter`, or the provider's own word.

    `usage` is None when the provider did not tell it.
    """

    text: str
    model: str
    finish_reason: str | None
    usage: Usage | None


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event of a stream: its type (`message` where none is given) and its data."""

    type: str
    data: str


class ModelError(NodeError):
    """A call that gave no answer. `usage` is what it took nevertheless, where that is known."""

    def __init__(self, message: str, *, code: str, retryable: bool = False, **facts: Any) -> None:
        super().__init__(message, code=code, retryable=retryable, **facts)
        self.usage: Usage | None = None


class StreamReader(Protocol):
    """Puts a streamed answer together."""

    def feed(self, event: ServerEvent) -> str:
        """The text that this event adds. Raises `ModelError`."""
        ...

    @property
    def is_over(self) -> bool:
        """Whether the provider said that nothing follows."""
        ...

    @property
    def usage(self) -> Usage | None:
        """What was counted so far."""
        ...

    def reply(self) -> Reply:
        """The whole answer. Raises `ModelError` (`stream_broken`) when it ended in the middle."""
        ...


class Wire(Protocol):
    """How a provider is asked, and how it answers."""

    path: str

    def headers(self, key: str | None) -> dict[str, str]: ...

    def body(self, ask: Ask) -> dict[str, Any]: ...

    def read(self, answer: Any) -> Reply:
        """An answer that came whole. Raises `ModelError` (`malformed_answer`, `refused`)."""
        ...

    def reader(self) -> StreamReader: ...


def malformed(what: str) -> ModelError:
    """An answer that is not what the wire format says. Another try may well be answered properly."""
    return ModelError(f"The model's answer cannot be read: {what}", code="malformed_answer", retryable=True)


def broken_stream(what: str) -> ModelError:
    """A stream that ended before the answer did."""
    return ModelError(f"The model's answer ended in the middle: {what}", code="stream_broken", retryable=True)
