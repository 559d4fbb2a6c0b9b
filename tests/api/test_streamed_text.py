"""A model's text in the log while it comes: nothing of it tells more than the step's outputs do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from accounts.models import Tenant
from runtime.host.host import RunHost
from runtime.llm import pieces
from tests.api.driven import code, finished, make, wire
from tests.api.test_masking import mask, person
from tests.contract import Api
from tests.model_peer import Provider, Say, serving

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "Ada King Countess"


@pytest.fixture
def provider(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """Answers without a key; every word could be a piece of its own."""
    monkeypatch.setattr(pieces, "MIN_PAUSE_S", 0.0)
    with serving() as provider:
        settings.EGRESS_ALLOW = provider.place
        here = {"wire": "openai", "base_url": provider.url}
        settings.LLM_MODELS = json.dumps({"providers": {"here": here}, "models": {"m": {"provider": "here"}}})
        provider.script["m"] = [Say(f"Today I met {NAME} in the old town of London and she was well")]
        yield provider


GRAPH = {
    "nodes": [
        {"id": "load", **code("result = person")},
        {"id": "llm", "type": "LLMAgentNode", "config": {"model": "m", "prompt": "Tell of {person}"}},
    ],
    "connections": [wire("load", "result", "llm", "person")],
}


def streamed(api: Api, run: dict[str, Any]) -> list[str]:
    lines = api.get(f"runs/{run['id']}/logs/").json()["results"]
    return [line["text"] for line in lines if line["level"] == "stream"]


def run_it(owner: Api, host: RunHost) -> dict[str, Any]:
    given = {"parameters": {"load": {"person": {"name": NAME}}}}
    run = finished(owner, owner.post(make(owner, GRAPH) + "runs/", given), host)
    assert run["status"] == "succeeded", run["error"]
    return run


def test_a_masked_value_that_the_model_repeats_is_hidden_in_every_piece(
    tenant: Tenant, provider: Provider, host_with_models: RunHost
) -> None:
    mask(tenant, "name", resource_type="node", resources=["load"], field="name", mask_type="redact")
    run = run_it(Api(person(tenant, "owner", "secret")), host_with_models)

    lines = streamed(Api(person(tenant, "analyst", "internal")), run)

    assert len(lines) > 5
    assert "".join(lines).startswith("Today I met ")
    assert not any(word in "".join(lines) for word in ("Ada", "King", "Countess"))


def test_pieces_of_a_text_that_is_masked_itself_are_hidden_whole(
    tenant: Tenant, provider: Provider, host_with_models: RunHost
) -> None:
    mask(tenant, "text", resource_type="node", resources=["llm"], field="text", mask_type="redact")
    owner = Api(person(tenant, "owner", "secret"))
    run = run_it(owner, host_with_models)

    shown, hidden = (streamed(api, run) for api in (owner, Api(person(tenant, "analyst", "internal"))))

    assert "".join(shown).strip() == provider.script["m"][0].text  # type: ignore[union-attr]
    assert len(hidden) == len(shown)
    assert not any(character.isalpha() for character in "".join(hidden))


@pytest.fixture
def host_with_models(provider: Provider, host: RunHost) -> RunHost:
    """A host that was started when the models were set."""
    return host
