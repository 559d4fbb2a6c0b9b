"""Which provider serves which model: what the operator or the workspace says, and what is known anyway.

`{"providers": {"local": {"wire": "openai", "base_url": "http://localhost:11434/v1"}},
  "models": {"gpt-4": {"provider": "local", "model": "llama3.1:8b", "prices": {"input": 0.1, "output": 0.4}}},
  "currency": "USD"}`. Prices are for a million tokens; without them a call's cost is not known.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from runtime.engine.problems import near_match
from runtime.llm.anthropic import AnthropicWire
from runtime.llm.messages import ModelError, Usage, Wire
from runtime.llm.openai import OpenAiWire

WireName = Literal["openai", "anthropic"]
MAX_BOOK_BYTES: Final = 1 << 20
_MILLION: Final = Decimal(1_000_000)
# Beginnings of model names that say whose they are.
_FAMILIES: Final[tuple[tuple[str, str], ...]] = (
    ("gpt-", "openai"),
    ("chatgpt-", "openai"),
    ("o1", "openai"),
    ("o3", "openai"),
    ("o4", "openai"),
    ("claude-", "anthropic"),
)


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Provider(_Entry):
    """Where models are asked. A provider without a credential's name is asked without a key."""

    wire: WireName
    base_url: str = Field(pattern=r"^https?://[^\s?#@]+$", max_length=1000)
    credential: str | None = Field(None, min_length=1, max_length=200)
    limit_name: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"


class Prices(_Entry):
    """What a million tokens cost."""

    input: Decimal = Field(ge=0, le=1_000_000)
    output: Decimal = Field(ge=0, le=1_000_000)


class NamedModel(_Entry):
    """A name that steps use. Without a `model` the provider calls it the same."""

    provider: str
    model: str | None = Field(None, min_length=1, max_length=200)
    prices: Prices | None = None


OPENAI: Final = Provider(
    wire="openai",
    base_url="https://api.openai.com/v1",
    credential="openai",
    limit_name="max_completion_tokens",
)
ANTHROPIC: Final = Provider(wire="anthropic", base_url="https://api.anthropic.com/v1", credential="anthropic")


@dataclass(frozen=True, slots=True)
class Route:
    """Where one model is asked. `provider` is its name, or the host that the step names itself.

    `is_own_key`: the credential too is named by the step, not by the provider.
    """

    name: str
    provider: str
    model: str
    wire_name: WireName
    base_url: str
    credential: str | None
    is_own_key: bool
    prices: Prices | None
    limit_name: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"

    @property
    def wire(self) -> Wire:
        return AnthropicWire() if self.wire_name == "anthropic" else OpenAiWire(self.limit_name)

    @property
    def url(self) -> str:
        return f"{self.base_url.rstrip('/')}{self.wire.path}"

    def cost(self, usage: Usage | None) -> Decimal | None:
        """What the tokens cost; None when prices or tokens are not known."""
        if self.prices is None or usage is None:
            return None
        return (self.prices.input * usage.input_tokens + self.prices.output * usage.output_tokens) / _MILLION


class ModelBook(_Entry):
    """All models that can be named."""

    providers: dict[str, Provider] = Field(default_factory=dict)
    models: dict[str, NamedModel] = Field(default_factory=dict)
    currency: str = Field("USD", pattern=r"^[A-Z]{3}$")

    @model_validator(mode="after")
    def _providers_are_known(self) -> ModelBook:
        known = self.all_providers
        for name, model in self.models.items():
            if model.provider not in known:
                hint = near_match(model.provider, known) or f"Known are {', '.join(sorted(known))}."
                raise ValueError(f"models.{name}.provider names no provider: {model.provider!r}. {hint}")
        return self

    @property
    def all_providers(self) -> Mapping[str, Provider]:
        return {"openai": OPENAI, "anthropic": ANTHROPIC, **self.providers}

    def knows(self, name: str) -> bool:
        """Whether the name alone says who serves it."""
        return self._provider_of(name, self.models.get(name)) is not None

    def route(
        self,
        name: str,
        *,
        provider: str = "auto",
        base_url: str | None = None,
        credential: str | None = None,
    ) -> Route:
        """Where the model is asked. Raises `ModelError` (`no_provider`) when nothing says where.

        `provider`, `base_url` and `credential` are the step's own words and win. A key that a provider
        brings goes to the provider's own address only.
        """
        known = self.models.get(name)
        key = self._provider_of(name, known) if provider == "auto" else provider
        if key is None and base_url is not None:
            key = "openai"  # what local servers speak
        found = self.all_providers.get(key or "")
        if found is None or key is None:
            raise no_provider(name, "no provider of this installation serves it")
        is_of_key = known is not None and known.provider == key
        return Route(
            name=name,
            provider=key if base_url is None else urlsplit(base_url).netloc,
            model=self._own_name(name, key, known if is_of_key else None),
            wire_name=found.wire,
            base_url=base_url or found.base_url,
            credential=credential or (found.credential if base_url is None else None),
            is_own_key=credential is not None,
            prices=known.prices if known is not None and is_of_key else None,
            limit_name=found.limit_name if base_url is None else "max_tokens",
        )

    def _provider_of(self, name: str, known: NamedModel | None) -> str | None:
        if known is not None:
            return known.provider
        prefix, slash, _ = name.partition("/")
        if slash and prefix in self.all_providers:
            return prefix
        return next((key for start, key in _FAMILIES if name.startswith(start)), None)

    def _own_name(self, name: str, key: str, known: NamedModel | None) -> str:
        if known is not None:
            return known.model or name
        return name.removeprefix(f"{key}/")


EMPTY_BOOK: Final = ModelBook()


def read_book(text: str) -> ModelBook:
    """The book in JSON. Raises ValueError that says what is wrong and where."""
    if len(text) > MAX_BOOK_BYTES:
        raise ValueError(f"it is larger than {MAX_BOOK_BYTES} bytes")
    try:
        document: Any = json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    try:
        return ModelBook.model_validate(document)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        places = (f"{'.'.join(map(str, item['loc'])) or 'it'}: {item['msg']}" for item in found[:5])
        raise ValueError("; ".join(places)) from None


def no_provider(name: str, why: str) -> ModelError:
    """Nothing is configured that could answer."""
    return ModelError(
        f"No provider is configured for the model {name!r}: {why}. Keep a credential called 'openai' or "
        "'anthropic', give the step a base_url, or name the model in the list of models.",
        code="no_provider",
        model=name,
    )
