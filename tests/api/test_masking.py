"""What is masked for a reader leaves by no exit: searched as somebody cleared, as one who is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import MaskingRule, Policy, Tenant, User
from accounts.services import set_attributes
from accounts.services.versions import bump_policy_version
from runtime.host.host import RunHost
from runtime.models import Reveal
from tests.api.driven import code, finished, make, wire
from tests.contract import Api
from tests.people import make_user

pytestmark = pytest.mark.django_db(transaction=True)

SSN = "123-45-6789"
BALANCE = 5_000_000
TOKEN = "CANARY-7f3a91"
BELOW_SECRET = {
    "attribute_path": "user.attributes.clearance",
    "operator": "security_level_below",
    "value": "secret",
}
FETCH = """
print("looking up", ssn)
result = {"people": [{"name": "Ada", "ssn": ssn, "balance": balance}], "count": 1}
"""
PASS = """
print("as json", json.dumps(people))
result = {"copy": people, "text": "number " + people[0]["ssn"], "sum": people[0]["balance"]}
"""
FAIL = """
raise ValueError("cannot pay " + people[0]["ssn"])
result = 1
"""
GRAPH: dict[str, Any] = {
    "nodes": [
        {"id": "fetch", **code(FETCH)},
        {"id": "pass", **code(PASS)},
        {
            "id": "vault",
            **code(f"print('{TOKEN}')\nresult = {{'token': '{TOKEN}'}}"),
            "access": {"resource": "", "classification": "secret", "tags": []},
        },
        {"id": "use", **code("print(given)\nresult = {'used': given['token']}")},
        {"id": "fail", **code(FAIL)},
    ],
    "connections": [
        wire("fetch", "result.people", "pass", "people"),
        wire("vault", "result", "use", "given"),
        wire("pass", "result.copy", "fail", "people"),
    ],
}


FROM_PEOPLE = {"parameters": {"batch": {"data_source": "people"}}}


def mask(tenant: Tenant, key: str, **facts: Any) -> None:
    MaskingRule.objects.create(
        tenant=tenant,
        key=key,
        label=key.title(),
        **{"resource_type": "*", "condition": BELOW_SECRET, **facts},
    )
    bump_policy_version(tenant.pk)


def deny(tenant: Tenant, key: str, actions: list[str], condition: Any, **facts: Any) -> None:
    Policy.objects.create(
        tenant=tenant,
        key=key,
        label=key.title(),
        effect="deny",
        actions=actions,
        condition=condition,
        status="active",
        **facts,
    )
    bump_policy_version(tenant.pk)


def person(tenant: Tenant, role: str, clearance: str) -> User:
    user = make_user(tenant, role)
    set_attributes(user, {"clearance": clearance})
    return User.objects.get(pk=user.pk)


@pytest.fixture
def masked(tenant: Tenant) -> Tenant:
    mask(tenant, "ssn", field="ssn", mask_type="partial", options={"visible_chars": 4})
    mask(
        tenant,
        "balance",
        field="balance",
        mask_type="range",
        options={"ranges": ["< $1M", "$1M-$10M", "> $10M"]},
    )
    above = {
        "attribute_path": "user.attributes.clearance",
        "operator": "security_level_below",
        "value_path": "resource.classification",
    }
    deny(tenant, "vault", ["node.config", "node.inputs", "node.outputs", "node.logs"], above)
    return tenant


@pytest.fixture
def owner(masked: Tenant) -> User:
    return person(masked, "owner", "top_secret")


@pytest.fixture
def run(owner: User, host: RunHost) -> dict[str, Any]:
    api = Api(owner)
    path = make(api, graph=GRAPH)
    started = api.post(path + "runs/", {"parameters": {"fetch": {"ssn": SSN, "balance": BALANCE}}})
    found = finished(api, started, host)
    assert found["status"] == "failed", found
    return {**found, "path": path}


@pytest.fixture(params=["analyst", "viewer"])
def stranger(request: pytest.FixtureRequest, masked: Tenant) -> User:
    return person(masked, request.param, "internal")


def exits(api: Api, run: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Every address below which something of the run is told."""
    base, workflow = f"runs/{run['id']}/", run["path"]
    addresses = ["runs/", base, base + "events/", base + "logs/", base + "timeline/"]
    addresses += [workflow, workflow + "draft/", workflow + "versions/", workflow + "export/", "workflows/"]
    addresses += [f"{base}nodes/{node}/" for node in run["nodes"]]
    addresses += ["approvals/", "notifications/", "me/", "decisions/", "triggers/", "audit/"]
    for address in addresses:
        yield address, api.get(address).content
    for node in run["nodes"]:
        for part in ("inputs", "outputs"):
            yield f"{node} {part}", api.get(f"{base}nodes/{node}/", {"download": part}).content


def told(content: bytes) -> list[str]:
    """Which of the canaries are in it, however they are written."""
    text = content.decode()
    return [form for form in (SSN, TOKEN, "5000000", "5,000,000", '"balance":5') if form in text]


def test_who_is_cleared_sees_everything(owner: User, run: dict[str, Any]) -> None:
    api = Api(owner)

    found = {address: told(content) for address, content in exits(api, run)}

    assert found["fetch outputs"] == [SSN, "5000000", '"balance":5']
    assert found["vault outputs"] == [TOKEN]
    assert SSN in found[f"runs/{run['id']}/logs/"]
    assert SSN in found[f"runs/{run['id']}/"]
    node = api.get(f"runs/{run['id']}/nodes/fetch/").json()
    assert (node["outputs_masked"], node["denied"], node["can_reveal"]) == ([], {}, False)


def test_no_exit_tells_a_masked_value(stranger: User, run: dict[str, Any]) -> None:
    api = Api(stranger)

    leaks = {address: found for address, content in exits(api, run) if (found := told(content))}

    assert leaks == {}


def test_a_masked_reader_is_told_what_is_masked_and_why(masked: Tenant, run: dict[str, Any]) -> None:
    api = Api(person(masked, "analyst", "internal"))

    fetch = api.get(f"runs/{run['id']}/nodes/fetch/").json()
    passed = api.get(f"runs/{run['id']}/nodes/pass/").json()

    assert fetch["outputs"]["result"]["people"] == [
        {"name": "Ada", "ssn": "***-**-6789", "balance": "$1M-$10M"}
    ]
    assert {(item["path"], item["rule"], item["type"]) for item in fetch["outputs_masked"]} == {
        ("result.people[*].ssn", "ssn", "partial"),
        ("result.people[*].balance", "balance", "range"),
    }
    assert passed["inputs"]["people"][0]["ssn"] == "***-**-6789"
    assert {item["path"] for item in passed["inputs_masked"]} == {"people[*].ssn", "people[*].balance"}
    assert passed["outputs"]["result"]["text"] == "number ••••"
    assert passed["outputs"]["result"]["sum"] == "••••"


def test_refused_parts_of_a_node_are_left_out_with_the_reason(masked: Tenant, run: dict[str, Any]) -> None:
    api = Api(person(masked, "analyst", "internal"))
    base = f"runs/{run['id']}/"

    vault = api.get(base + "nodes/vault/").json()
    logs = api.get(base + "logs/").json()
    detail = api.get(base).json()
    graph = {node["id"]: node for node in detail["graph"]["nodes"]}

    assert (vault["inputs"], vault["outputs"], vault["status"]) == (None, None, "succeeded")
    assert set(vault["denied"]) == {"config", "inputs", "outputs", "logs"}
    assert vault["denied"]["outputs"]["rule"] == "policy_deny"
    assert vault["denied"]["outputs"]["resource_type"] == "workflow"
    assert set(logs["denied"]) == {"vault"}
    assert "vault" not in {line["node"] for line in logs["results"]}
    assert graph["vault"]["config"] == {}
    assert set(detail["denied"]) == {"vault"}
    assert api.get(base + "nodes/vault/", {"download": "outputs"}).status_code == 403
    used = api.get(base + "nodes/use/").json()
    assert used["inputs"] == {"given": "••••"}


def test_stored_data_stays_as_it_is(masked: Tenant, owner: User, run: dict[str, Any]) -> None:
    list(exits(Api(person(masked, "analyst", "internal")), run))

    assert Api(owner).get(f"runs/{run['id']}/nodes/fetch/").json()["outputs"]["result"]["people"] == [
        {"name": "Ada", "ssn": SSN, "balance": BALANCE}
    ]


def test_what_is_masked_cannot_be_searched_for(masked: Tenant, owner: User, run: dict[str, Any]) -> None:
    refused = Api(person(masked, "analyst", "internal")).get("runs/", {"input": f"ssn:{SSN}"})

    assert (refused.status_code, refused.json()["code"]) == (403, "search_refused")
    assert len(Api(owner).get("runs/", {"input": f"ssn:{SSN}"}).json()["results"]) == 1


def test_a_reveal_shows_one_node_to_one_reader_for_a_while(masked: Tenant, run: dict[str, Any]) -> None:
    admin = person(masked, "admin", "internal")
    api, other = Api(admin), Api(person(masked, "admin", "internal"))
    node = f"runs/{run['id']}/nodes/fetch/"
    assert api.get(node).json()["can_reveal"] is True

    answer = api.post(node + "reveal/", {"reason": "the customer asked", "minutes": 5})

    shown = api.get(node).json()
    assert answer.status_code == 201
    assert shown["reveal"]["reason"] == "the customer asked"
    assert shown["outputs"]["result"]["people"][0]["ssn"] == SSN
    assert told(other.get(node).content) == []
    assert api.get(f"runs/{run['id']}/nodes/pass/").json()["outputs"]["result"]["text"] != f"number {SSN}"

    Reveal.objects.update(expires_at=Reveal.objects.get().created_at)
    assert told(api.get(node).content) == []


def test_a_reveal_can_be_ended(masked: Tenant, run: dict[str, Any]) -> None:
    api = Api(person(masked, "admin", "internal"))
    node = f"runs/{run['id']}/nodes/fetch/"
    api.post(node + "reveal/", {"reason": "the customer asked", "minutes": 5})

    assert api.delete(node + "reveal/").status_code == 204

    assert told(api.get(node).content) == []
    assert api.get(node).json()["reveal"] is None


@pytest.mark.parametrize(
    ("role", "body", "status"),
    [
        ("analyst", {"reason": "because", "minutes": 5}, 403),
        ("viewer", {"reason": "because", "minutes": 5}, 403),
        ("admin", {"reason": "", "minutes": 5}, 422),
        ("admin", {"reason": "because", "minutes": 61}, 422),
        ("admin", {"minutes": 5}, 422),
    ],
)
def test_a_reveal_needs_permission_reason_and_an_end(
    masked: Tenant, run: dict[str, Any], role: str, body: dict[str, Any], status: int
) -> None:
    api = Api(person(masked, role, "internal"))

    answer = api.post(f"runs/{run['id']}/nodes/fetch/reveal/", body)

    assert answer.status_code == status
    assert not Reveal.objects.exists()


def test_who_loses_clearance_reads_masked_values_from_the_next_request_on(
    masked: Tenant, run: dict[str, Any]
) -> None:
    user = person(masked, "analyst", "secret")
    api = Api(user)
    node = f"runs/{run['id']}/nodes/fetch/"
    assert SSN in told(api.get(node).content)

    set_attributes(user, {"clearance": "internal"})

    assert told(api.get(node).content) == []


def test_a_missing_attribute_masks(masked: Tenant, run: dict[str, Any]) -> None:
    api = Api(make_user(masked, "analyst"))

    assert told(api.get(f"runs/{run['id']}/nodes/fetch/").content) == []


ROWS = f"name,ssn,balance\nAda,{SSN},{BALANCE}\n"


@pytest.mark.parametrize("name", ["people.csv", "people.json", "people.parquet"])
def test_datasets_are_masked_in_previews_and_in_files(masked: Tenant, owner: User, name: str) -> None:
    api = Api(owner)
    made = api.upload("datasets/", {"file": SimpleUploadedFile(name, _content(name))})
    path = f"datasets/{made.json()['id']}/"
    stranger = Api(person(masked, "analyst", "internal"))

    rows = stranger.get(path + "rows/").json()
    file = stranger.get(path + "download/")

    assert rows["results"] == [{"name": "Ada", "ssn": "***-**-6789", "balance": "$1M-$10M"}]
    assert {item["path"] for item in rows["masked"]} == {"ssn", "balance"}
    assert file.status_code == 200
    assert SSN.encode() not in file.content
    assert api.get(path + "rows/").json()["results"] == [{"name": "Ada", "ssn": SSN, "balance": BALANCE}]
    assert api.get(path + "download/").content == _content(name)


def _content(name: str) -> bytes:
    if name.endswith(".csv"):
        return ROWS.encode()
    row = {"name": "Ada", "ssn": SSN, "balance": BALANCE}
    if name.endswith(".json"):
        return json.dumps([row]).encode()
    import io

    from runtime.tabular import write_rows

    target = io.BytesIO()
    write_rows(target, [row], "parquet")
    return target.getvalue()


def test_a_dataset_that_a_step_reads_is_masked_in_the_run_too(
    masked: Tenant, owner: User, host: RunHost
) -> None:
    MaskingRule.objects.all().delete()
    mask(masked, "rows", resource_type="dataset", field="ssn", mask_type="redact")
    api = Api(owner)
    api.upload("datasets/", {"file": SimpleUploadedFile("people.csv", ROWS.encode())})
    graph = {
        "nodes": [
            {"id": "read", "type": "DatasetReadNode", "config": {"dataset": "people"}},
            {"id": "say", **code("print(rows[0]['ssn'])\nresult = rows[0]['ssn']")},
        ],
        "connections": [wire("read", "result", "say", "rows")],
    }
    run = finished(api, api.post(make(api, graph=graph) + "runs/", {}), host)
    stranger = Api(person(masked, "analyst", "internal"))

    answers = [stranger.get(f"runs/{run['id']}/{part}") for part in ("nodes/read/", "nodes/say/", "logs/")]

    assert [answer.content for answer in answers if SSN in told(answer.content)] == []
    assert answers[0].json()["outputs_masked"][0]["path"] == "result[*].ssn"


@pytest.mark.parametrize("config", [{}, {"collect": False}, {"processing": "code"}, {"processing": "fails"}])
def test_a_dataset_that_is_read_in_batches_is_masked_in_the_run_too(
    masked: Tenant, owner: User, host: RunHost, config: dict[str, Any]
) -> None:
    """Also what code says of records that are in no output, in its lines and in its errors."""
    texts = {
        "code": "print(records[0]['ssn'])\nresult = [{'renamed': r['ssn']} for r in records]",
        "fails": "raise ValueError(records[0]['ssn'])\nresult = []",
    }
    if "processing" in config:
        config = {"processing": {"kind": "code", "code": texts[config["processing"]]}}
    MaskingRule.objects.all().delete()
    mask(masked, "rows", resource_type="dataset", field="ssn", mask_type="redact")
    api = Api(owner)
    api.upload("datasets/", {"file": SimpleUploadedFile("people.csv", ROWS.encode())})
    batch = {"error_handling": "continue_with_logging", **config}
    graph = {
        "nodes": [
            {"id": "batch", "type": "BatchProcessorNode", "config": batch},
            {"id": "say", **code("result = [list(row.values()) for row in found['results']]")},
        ],
        "connections": [wire("batch", "result", "say", "found")],
    }
    run = finished(api, api.post(make(api, graph=graph) + "runs/", FROM_PEOPLE), host)
    stranger = Api(person(masked, "analyst", "internal"))

    paths = ("nodes/batch/", "nodes/say/", "logs/", "batches/", "")
    answers = [stranger.get(f"runs/{run['id']}/{part}") for part in paths]
    seen = b"".join(api.get(f"runs/{run['id']}/{part}").content for part in paths).decode()

    assert run["status"] == "succeeded", run["error"]
    assert [answer.content for answer in answers if SSN in told(answer.content)] == []
    assert (SSN in seen) is (config != {"collect": False})
    if not config:
        assert answers[0].json()["outputs_masked"][0]["path"] == "result.results[*].ssn"


def test_an_editor_keeps_what_they_are_not_shown_when_they_save(masked: Tenant, owner: User) -> None:
    path = make(Api(owner), graph=_pinned())
    api = Api(person(masked, "editor", "internal"))
    draft = api.get(path + "draft/").json()
    nodes = {node["id"]: node for node in draft["graph"]["nodes"]}
    assert nodes["vault"]["config"] == {}
    assert nodes["fetch"]["options"]["pin"] == {"result": {"people": [{"ssn": "***-**-6789"}]}}

    nodes["pass"]["label"] = "Renamed"
    saved = api.put(path + "draft/", {"graph": draft["graph"]}, If_Match=f'"{draft["revision"]}"')

    assert saved.status_code == 200, saved.json()
    stored = {node["id"]: node for node in Api(owner).get(path + "draft/").json()["graph"]["nodes"]}
    assert TOKEN in stored["vault"]["config"]["code"]
    assert stored["fetch"]["options"]["pin"]["result"]["people"][0]["ssn"] == SSN
    assert stored["pass"]["label"] == "Renamed"


def test_an_editor_cannot_set_up_anew_what_they_are_not_shown(masked: Tenant, owner: User) -> None:
    path = make(Api(owner), graph=_pinned())
    api = Api(person(masked, "editor", "internal"))
    draft = api.get(path + "draft/").json()
    next(node for node in draft["graph"]["nodes"] if node["id"] == "vault")["config"] = {"code": "result = 1"}

    refused = api.put(path + "draft/", {"graph": draft["graph"]}, If_Match=f'"{draft["revision"]}"')

    assert refused.status_code == 403
    assert refused.json()["node"] == "vault"


def test_a_node_that_may_not_be_edited_or_deleted_stays(masked: Tenant, owner: User) -> None:
    secret = {"attribute_path": "resource.classification", "operator": "equals", "value": "secret"}
    not_top = {
        "attribute_path": "user.attributes.clearance",
        "operator": "security_level_below",
        "value": "top_secret",
    }
    deny(masked, "keep", ["node.edit", "node.delete"], {"and": [secret, not_top]})
    path = make(Api(owner), graph=_pinned())
    api = Api(person(masked, "editor", "secret"))
    draft = api.get(path + "draft/").json()
    kept = json.dumps(draft["graph"])

    def saved(graph: dict[str, Any]) -> Any:
        return api.put(path + "draft/", {"graph": graph}, If_Match='"1"')

    def vault(graph: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = next(node for node in graph["nodes"] if node["id"] == "vault")
        return found

    lowered, without, moved = (json.loads(kept) for _ in range(3))
    vault(lowered)["access"]["classification"] = "public"
    without["nodes"] = [node for node in without["nodes"] if node["id"] != "vault"]
    without["connections"] = [item for item in without["connections"] if item["source"] != "vault"]
    vault(moved)["position"] = [400, 400]

    assert [saved(graph).status_code for graph in (lowered, without, moved)] == [403, 403, 200]


def test_a_classification_that_is_no_level_is_found_before_it_counts(tenant: Tenant) -> None:
    graph = _pinned()
    graph["nodes"][2]["access"]["classification"] = "secrte"
    api = Api(make_user(tenant, "owner"))
    path = make(api, graph=graph)

    (found,) = [
        problem
        for problem in api.get(path + "draft/").json()["problems"]
        if problem["code"] == "unknown_level"
    ]

    assert (found["node"], found["field"]) == ("vault", "access.classification")
    assert "secret" in found["hint"]
    assert api.post(path + "versions/", {}).status_code == 422


def test_what_cannot_be_exported_whole_is_not_exported(masked: Tenant, owner: User) -> None:
    path = make(Api(owner), graph=_pinned())

    answer = Api(person(masked, "editor", "internal")).get(path + "export/")

    assert answer.status_code == 403
    assert TOKEN.encode() not in answer.content


def _pinned() -> dict[str, Any]:
    graph: dict[str, Any] = json.loads(json.dumps(GRAPH))
    graph["nodes"][0]["options"] = {"pin": {"result": {"people": [{"ssn": SSN}]}}}
    return graph
