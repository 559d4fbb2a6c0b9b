"""Which provider is asked, with which key, and what a call costs."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from runtime.llm.desk import FolderModels
from runtime.llm.messages import ModelError, Usage
from runtime.llm.models import EMPTY_BOOK, ModelBook, read_book

BOOK = read_book(
    json.dumps(
        {
            "providers": {"local": {"wire": "openai", "base_url": "http://localhost:11434/v1/"}},
            "models": {
                "gpt-4": {"provider": "local", "model": "llama3", "prices": {"input": 2.5, "output": 10}},
                "cheap": {"provider": "anthropic", "model": "claude-3-haiku"},
            },
        }
    )
)


@pytest.mark.parametrize(
    ("name", "url", "credential"),
    [
        ("gpt-4", "https://api.openai.com/v1/chat/completions", "openai"),
        ("o3-mini", "https://api.openai.com/v1/chat/completions", "openai"),
        ("claude-3-sonnet", "https://api.anthropic.com/v1/messages", "anthropic"),
    ],
)
def test_names_of_known_families_say_whose_they_are(name: str, url: str, credential: str) -> None:
    route = EMPTY_BOOK.route(name)

    assert (route.url, route.credential, route.model) == (url, credential, name)


def test_an_alias_wins_over_the_family() -> None:
    route = BOOK.route("gpt-4")

    assert (route.url, route.model) == ("http://localhost:11434/v1/chat/completions", "llama3")
    assert route.credential is None
    assert BOOK.route("cheap").model == "claude-3-haiku"


def test_a_provider_may_stand_in_the_name() -> None:
    route = BOOK.route("local/mistral")

    assert (route.provider, route.model) == ("local", "mistral")


def test_a_model_of_nobody_has_no_provider() -> None:
    with pytest.raises(ModelError) as caught:
        EMPTY_BOOK.route("llama3")

    assert caught.value.code == "no_provider"
    assert not caught.value.retryable


def test_the_key_of_a_provider_goes_to_no_other_address() -> None:
    route = EMPTY_BOOK.route("gpt-4", base_url="http://elsewhere/v1")

    assert (route.url, route.credential) == ("http://elsewhere/v1/chat/completions", None)
    assert EMPTY_BOOK.route("gpt-4", base_url="http://elsewhere/v1", credential="mine").credential == "mine"


def test_the_address_of_a_step_is_spoken_to_as_its_provider_says() -> None:
    assert EMPTY_BOOK.route("llama3", base_url="http://x/v1").wire_name == "openai"
    assert EMPTY_BOOK.route("llama3", base_url="http://x/v1", provider="anthropic").wire_name == "anthropic"


def test_cost_by_the_million_tokens() -> None:
    assert BOOK.route("gpt-4").cost(Usage(1000, 200)) == Decimal("0.0045")
    assert BOOK.route("gpt-4").cost(None) is None
    assert BOOK.route("cheap").cost(Usage(1000, 200)) is None


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ("{", "Expecting"),
        ("[]", "it:"),
        ('{"models": {"a": {"provider": "opnai"}}}', "opnai"),
        ('{"models": {"a": {"provider": "openai", "price": 1}}}', "models.a.price"),
        ('{"providers": {"a": {"wire": "x", "base_url": "http://a"}}}', "providers.a.wire"),
        ('{"providers": {"a": {"wire": "openai", "base_url": "ftp://a"}}}', "providers.a.base_url"),
        ('{"providers": {"a": {"wire": "openai", "base_url": "http://u:p@a"}}}', "providers.a.base_url"),
        ('{"models": {"a": {"provider": "openai", "prices": {"input": -1, "output": 1}}}}', "prices.input"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_a_list_that_cannot_be_used_says_where(document: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read_book(document)


def test_a_workspace_keeps_its_list_in_a_file(tmp_path: Path) -> None:
    desk = FolderModels(tmp_path)
    assert desk.book() == ModelBook()

    (tmp_path / "models.json").write_text('{"models": {"a": {"provider": "openai"}}}')
    assert set(desk.book().models) == {"a"}

    (tmp_path / "models.json").write_text("{")
    with pytest.raises(ModelError) as caught:
        desk.book()
    assert caught.value.code == "models_unreadable"
