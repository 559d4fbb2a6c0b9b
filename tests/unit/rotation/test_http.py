"""A service that makes, takes and ends its secrets by HTTP, rotated in a script."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from runtime.engine.errors import NodeError, ParameterError
from runtime.nodes.rotating_credential import RotatingCredentialNode
from runtime.rotation import machine
from runtime.secret_sources import script_secrets
from runtime.services_protocol import HttpResponse
from tests.unit.rotation.conftest import Peers, Workspace

OLD = "old-value"
MAKES: dict[str, Any] = {
    "kind": "http",
    "create_call": {"url": "https://keys.test/keys", "body": {"for": "{key}"}},
    "value_path": "data.value",
    "reference_path": "data.id",
    "retire_call": {"url": "https://keys.test/end", "body": {"value": "{former}"}},
    "undo_call": {"url": "https://keys.test/keys/{reference}", "method": "DELETE"},
    "keeps_former": True,
}
TAKES: dict[str, Any] = {
    "kind": "http",
    "set_call": {"url": "https://keys.test/key", "method": "PUT", "body": {"value": "{new}"}},
}


class Service(Peers):
    """Makes values and takes some; a repeated `Idempotency-Key` gets the same one."""

    def __init__(self) -> None:
        super().__init__()
        self.valid = {OLD}
        self.made: dict[str, str] = {}
        self.asked: list[tuple[str, str]] = []
        self.down = 0

    async def request(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None = None, **_: Any
    ) -> HttpResponse:
        self.asked.append((method, url))
        if self.down:
            self.down -= 1
            raise NodeError("the connection broke", code="http_error", retryable=True)
        if headers["Authorization"].removeprefix("Bearer ") not in self.valid:
            return HttpResponse(401, {}, url, b"")
        told = json.loads(body) if body else {}
        answer: Any = {}
        if url.endswith("/keys"):
            value = self.made.setdefault(headers["Idempotency-Key"], f"made-value-{len(self.made)}")
            self.valid.add(value)
            answer = {"data": {"value": value, "id": "k1"}}
        elif url.endswith("/end"):
            self.valid.discard(told["value"])
        elif url.endswith("/keys/k1"):
            self.valid -= set(self.made.values())
        elif url.endswith("/key"):
            self.valid = {told["value"]}
        return HttpResponse(200, {}, url, json.dumps(answer).encode())


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    monkeypatch.setattr(machine, "PAUSES_S", (0.0, 0.0))
    return Service()


@pytest.fixture
def place(tmp_path: Path, service: Service) -> Workspace:
    found = Workspace(tmp_path, service, script_secrets(None, tmp_path))
    found.write(api_key={"value": OLD})
    return found


def rotate(place: Workspace, rotator: dict[str, Any], **config: Any) -> dict[str, Any]:
    return place.rotate(credential_name="api_key", rotation_policy="on_demand", rotator=rotator, **config)


def test_the_service_makes_a_value_and_ends_the_one_before(place: Workspace, service: Service) -> None:
    result = rotate(place, MAKES)

    assert (result["rotation_status"], result["source"]) == ("success", "http")
    assert service.valid == {place.value("api_key")} != {OLD}


def test_a_value_that_fails_its_test_is_taken_back_there(place: Workspace, service: Service) -> None:
    service_test = {"url": "https://keys.test/keys/none", "method": "POST"}
    original = service.request

    async def refusing(method: str, url: str, **more: Any) -> HttpResponse:
        if url.endswith("/none"):
            return HttpResponse(403, {}, url, b"")
        return await original(method, url, **more)

    service.request = refusing  # type: ignore[method-assign]

    result = rotate(place, MAKES, test_request=service_test)

    assert (result["rotation_status"], place.value("api_key")) == ("rolled_back", OLD)
    assert service.valid == {OLD}
    assert ("DELETE", "https://keys.test/keys/k1") in service.asked


def test_a_service_that_takes_one_value_alone_is_told_ours(place: Workspace, service: Service) -> None:
    result = rotate(place, TAKES, zero_downtime=False)

    assert (result["rotation_status"], service.valid) == ("success", {place.value("api_key")})


def test_a_step_that_was_done_before_a_crash_is_known_by_the_new_value(
    place: Workspace, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    from runtime.rotation.script import ScriptRotations

    async def dies(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(ScriptRotations, "reach", dies)
        rotate(place, TAKES, zero_downtime=False)
    assert service.valid != {OLD}  # the service has it, and the script has not

    assert rotate(place, TAKES, zero_downtime=False)["rotation_status"] == "success"
    assert service.valid == {place.value("api_key")}


def test_what_may_pass_is_tried_again(place: Workspace, service: Service) -> None:
    service.down = 2

    assert rotate(place, TAKES, zero_downtime=False)["rotation_status"] == "success"


def test_without_a_word_of_the_service_the_value_before_stays(place: Workspace, service: Service) -> None:
    service.valid = set()

    result = rotate(place, MAKES)

    assert (result["rotation_status"], result["reason"]) == (
        "failed",
        "The service answered with status 401.",
    )
    assert place.value("api_key") == OLD


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"set_call": None}, "state either create_call"),
        ({"set_call": {"url": "https://x.test/{new}"}}, "put it into the body"),
        ({"retire_call": {"url": "https://x.test/"}}, "keeps_former as well"),
        ({"reference_path": "id"}, "create_call"),
        ({"set_call": {"url": "ftp://x"}}, "http"),
    ],
)
def test_a_place_that_cannot_be_is_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ParameterError) as caught:
        RotatingCredentialNode(credential_name="k", rotator={**TAKES, **change})

    assert words in str(caught.value)


def test_no_secret_is_told(place: Workspace) -> None:
    result = rotate(place, MAKES)

    told = json.dumps([result, place.lines("audit.jsonl"), place.lines("rotations.jsonl")])
    assert [each for each in (OLD, place.value("api_key")) if each in told] == []
