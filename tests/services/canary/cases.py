"""How a secret can reach each type of node: by a credential of its own, or by what a server sent back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from tests.model_peer import Refuse, Say
from tests.services.canary.forms import CORE, secret_of
from tests.services.canary.peers import World

Graph = tuple[list[dict[str, Any]], list[dict[str, Any]]]
Build = Callable[[World, str], Graph]
Keep = Callable[[World, str], tuple[str, dict[str, Any]]]


@dataclass(frozen=True)
class Case:
    """`build` gives steps, of which `{case}` is the one that it is about; `keep` its type and fields."""

    build: Build
    keep: Keep
    fails: bool = False


@dataclass(frozen=True)
class Row:
    """`how` a secret gets there, or why none can where there are no cases."""

    how: str
    cases: dict[str, Case] = field(default_factory=dict)


def node(id_: str, type_: str, parent: str | None = None, **config: Any) -> dict[str, Any]:
    made = {"id": id_, "type": type_, "config": config}
    return made if parent is None else {**made, "parent": parent}


def wire(source: str, output: str, target: str, name: str) -> dict[str, Any]:
    return {"source": source, "output": output, "target": target, "input": name}


# ---- credentials -------------------------------------------------------------------------------------------


def login(world: World, case: str) -> tuple[str, dict[str, Any]]:
    return "basic_auth", {"username": "ada", "password": secret_of(case)}


def token(world: World, case: str) -> tuple[str, dict[str, Any]]:
    return "bearer_token", {"token": secret_of(case)}


def signing(world: World, case: str) -> tuple[str, dict[str, Any]]:
    return "signing_secret", {"secret": secret_of(case)}


def mailbox(world: World, case: str) -> tuple[str, dict[str, Any]]:
    place = {"host": "127.0.0.1", "port": world.mail_port, "security": "none", "sender": "a@example.com"}
    return "smtp", {**place, "username": "ada", "password": secret_of(case)}


def database(world: World, case: str) -> tuple[str, dict[str, Any]]:
    known = connection.settings_dict
    place = {"host": "127.0.0.1", "port": world.sql_port, "database": known["NAME"], "encryption": "disable"}
    return "postgresql", {**place, "username": known["USER"], "password": secret_of(case)}


# ---- a credential of the step's own ------------------------------------------------------------------------


def own(type_: str, keep: Keep, *, fails: bool = False, **config: Any) -> Case:
    """A step with a credential; `$URL`, `$CASE` and `$BACKWARDS` stand for what is only known later."""

    def build(world: World, case: str) -> Graph:
        return [node(case, type_, **filled(config, world, case))], []

    return Case(build, keep, fails)


def filled(value: Any, world: World, case: str) -> Any:
    if isinstance(value, dict):
        return {key: filled(item, world, case) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, world, case) for item in value]
    if not isinstance(value, str):
        return value
    known = {"$URL": world.url, "$CASE": case, "$BACKWARDS": secret_of(case)[::-1], "$CHILD": world.child}
    for name, text in known.items():
        value = value.replace(name, text)
    return value


def model(*, fails: bool = False, stream: bool = True) -> Case:
    """The answer comes in pieces that part the secret."""

    def build(world: World, case: str) -> Graph:
        secret = secret_of(case)
        pieces = ["so ", secret[:5], secret[5:9], secret[9:], " it is, ", *secret, "."]
        # What is kept of it ends within the second of these.
        refusal = Refuse(401, f"{secret}{'x' * (297 - len(secret) - len(CORE))}{secret}", code=secret)
        said = Say(" ".join(pieces[:1]) + secret, pieces=pieces if stream else (), finish_reason="stop")
        world.provider.script[case] = [refusal if fails else said]
        config: dict[str, Any] = {
            "model": case,
            "prompt": "Hi",
            "provider": "openai",
            "base_url": world.provider.url,
        }
        return [node(case, "LLMAgentNode", **config, stream=stream, credential=case)], []

    return Case(build, token)  # a model that refuses is a value and no failure


PAGES = {"kind": "link", "records": "records"}
CREDENTIAL = {"name": "$CASE"}
RAISES = "raise ValueError(f'no: {records}')\nresult = []"
ECHO_SQL = "SELECT reverse('$BACKWARDS') AS seen, 1 AS one ORDER BY 1"
FAIL_SQL = "SELECT CAST(reverse('$BACKWARDS') AS int) AS one ORDER BY 1"


def batch(source: dict[str, Any], keep: Keep, *, fails: bool = False, **config: Any) -> Case:
    return own("BatchProcessorNode", keep, fails=fails, source=source, **config)


def rotating(make: str, **config: Any) -> Case:
    place = {
        "kind": "http",
        "create_call": {"url": f"$URL/{make}/$CASE"},
        "retire_call": {"url": "$URL/works/$CASE", "body": {"value": "{former}"}},
        "keeps_former": True,
    }
    given: dict[str, Any] = {
        "rotation_policy": "on_demand",
        "rotator": place,
        "notification_webhooks": ["$URL/hook/$CASE"],
    }
    return own("RotatingCredentialNode", token, credential_name="$CASE", **given, **config)


# ---- what a server sent back -------------------------------------------------------------------------------


def given(
    type_: str,
    input_: str,
    path: str = "text",
    *,
    fails: bool = False,
    inner: str | None = None,
    feeds: str = "",
    **config: Any,
) -> Case:
    """A step behind a call that was answered with the secret; `inner` is code in a container."""

    def build(world: World, case: str) -> Graph:
        call: dict[str, Any] = {"url": f"{world.url}/works/{case}", "credential": {"name": case}}
        nodes = [node(f"{case}_call", "HTTPRequestNode", **call)]
        nodes.append(node(case, type_, **filled(config, world, case)))
        wires = [wire(f"{case}_call", f"result.body.{path}", case, input_)]
        if inner is not None:
            nodes.append(node(f"{case}_in", "PythonCodeNode", parent=case, code=inner))
            wires += [wire(case, feeds, f"{case}_in", "given")]
            wires += [wire(f"{case}_in", "result", case, "state" if feeds == "state" else "value")]
        return nodes, wires

    return Case(build, login, fails)


def read_again(world: World, case: str) -> Graph:
    """A response goes into a dataset, and a step reads it for each of one item."""
    call: dict[str, Any] = {"url": f"{world.url}/works/{case}", "credential": {"name": case}}
    save: dict[str, Any] = {"save_to": {"dataset": case, "format": "jsonl"}, "pagination": PAGES}
    nodes = [
        node(f"{case}_call", "HTTPRequestNode", **call, **save),
        node(f"{case}_one", "PythonCodeNode", code="result = [1] if saved else []"),
        node(case, "MapNode"),
        node(f"{case}_in", "DatasetReadNode", parent=case, dataset=case),
        node(f"{case}_show", "PythonCodeNode", parent=case, code="print(rows)\nresult = rows"),
    ]
    wires = [
        wire(f"{case}_call", "result", f"{case}_one", "saved"),
        wire(f"{case}_one", "result", case, "items"),
        wire(f"{case}_in", "result", f"{case}_show", "rows"),
        wire(f"{case}_show", "result", case, "value"),
    ]
    return nodes, wires


SHOW = (
    "import base64\nprint(given)\nprint(repr(given), base64.b64encode(str(given).encode()))\nresult = given"
)
RAISE = "raise ValueError(f'no: {given} {given!r}')\nresult = 1"
HTTP = "HTTPRequestNode"

ROWS: dict[str, Row] = {
    "PythonCodeNode": Row(
        "the answer of a server comes in by an input",
        {"prints": given("PythonCodeNode", "given", code=SHOW),
         "raises": given("PythonCodeNode", "given", code=RAISE, fails=True)},
    ),
    "HTTPRequestNode": Row(
        "a credential in a header, sent back in status line, headers and body",
        {"works": own(HTTP, login, url="$URL/works/$CASE", credential=CREDENTIAL),
         "bearer": own(HTTP, token, url="$URL/works/$CASE", credential=CREDENTIAL, response_format="bytes"),
         "maps": own(HTTP, login, url="$URL/works/$CASE", credential=CREDENTIAL,
                     response_mapping={"first": "body.items[0]"}),
         "pages": own(HTTP, login, url="$URL/works/$CASE", credential=CREDENTIAL, pagination=PAGES),
         "saves": own(HTTP, token, url="$URL/works/$CASE", credential=CREDENTIAL, pagination=PAGES,
                      save_to={"dataset": "http_saved", "format": "csv"}),
         "fails": own(HTTP, login, url="$URL/fails/$CASE", credential=CREDENTIAL, fails=True),
         "moves": own(HTTP, token, url="$URL/moves/$CASE", credential=CREDENTIAL, fails=True),
         "unmapped": own(HTTP, login, url="$URL/works/$CASE", credential=CREDENTIAL, fails=True,
                         response_mapping={"first": "body.text + 1"}),
         "nopages": own(HTTP, login, url="$URL/denied/$CASE", credential=CREDENTIAL, pagination=PAGES,
                        fails=True)},
    ),
    "LLMAgentNode": Row(
        "the key of the provider, in the text that it streams and in its refusals",
        {"streams": model(), "answers": model(stream=False), "refuses": model(fails=True)},
    ),
    "SwitchNode": Row(
        "the answer of a server is judged",
        {"judges": given("SwitchNode", "input", "records.0",
                         cases=[{"name": "known", "when": "seen != ''"}]),
         "cannot": given("SwitchNode", "input", "records.0", fails=True,
                         cases=[{"name": "known", "when": "seen > 5"}])},
    ),
    "MergeNode": Row(
        "the answer of a server is merged",
        {"appends": given("MergeNode", "inputs", "items"),
         "combines": given("MergeNode", "inputs", "items", mode="combine", key=["id"], fails=True)},
    ),
    "LoopNode": Row(
        "the answer of a server is its state",
        {"turns": given("LoopNode", "state", inner=SHOW, feeds="state", max_iterations=2),
         "breaks": given("LoopNode", "state", inner=RAISE, feeds="state", max_iterations=2, fails=True),
         "until": given("LoopNode", "state", inner=SHOW, feeds="state", max_iterations=2,
                        until="state > 5", fails=True)},
    ),
    "MapNode": Row(
        "the answer of a server are its items",
        {"maps": given("MapNode", "items", "items", inner=SHOW, feeds="item"),
         "goeson": given("MapNode", "items", "items", inner=RAISE, feeds="item", on_item_error="continue"),
         "breaks": given("MapNode", "items", "items", inner=RAISE, feeds="item", fails=True)},
    ),
    "SubWorkflowNode": Row(
        "the answer of a server is a parameter of the other workflow",
        {"inline": given("SubWorkflowNode", "given", workflow="$CHILD"),
         "apart": given("SubWorkflowNode", "given", workflow="$CHILD", run_as="separate"),
         "breaks": given("SubWorkflowNode", "given", "items", workflow="$CHILD", fails=True),
         "childbreaks": given("SubWorkflowNode", "given", "items", workflow="$CHILD", run_as="separate",
                              fails=True)},
    ),
    "WaitNode": Row("what it passes on", {"waits": given("WaitNode", "input", seconds=0)}),
    "ApprovalNode": Row(
        "what somebody is asked about",
        {"asks": given("ApprovalNode", "input", "records", title="Go on?", allow_requester=True,
                       approvers={"roles": ["owner"]})},
    ),
    "AccessCheckNode": Row(
        "what it passes on",
        {"checks": given("AccessCheckNode", "input", permission="execute", resource_type="workflow")},
    ),
    "ValueNode": Row("nothing: it has no input, and its value is written in the workflow"),
    "TransformNode": Row(
        "the answer of a server is worked on",
        {"computes": given("TransformNode", "input", "records",
                           operations=[{"op": "compute", "column": "more", "expression": "seen + '!'"}]),
         "cannot": given("TransformNode", "input", "records", fails=True,
                         operations=[{"op": "cast", "columns": [{"column": "seen", "type": "integer"}]}])},
    ),
    "MaskNode": Row(
        "the answer of a server is masked in part",
        {"masks": given("MaskNode", "data", "records",
                        masking_rules={"seen": {"mask_type": "partial", "visible_chars": 4}})},
    ),
    "DatasetReadNode": Row("a dataset that an answer went into", {"reads": Case(read_again, login)}),
    "DatasetWriteNode": Row(
        "the answer of a server is kept",
        {"keeps": given("DatasetWriteNode", "records", "records", dataset="kept"),
         "cannot": given("DatasetWriteNode", "records", "text", dataset="unkept", fails=True)},
    ),
    "BatchProcessorNode": Row(
        "the credential of its source, a service or a database",
        {"pages": batch({"kind": "http", "url": "$URL/works/$CASE", "credential": CREDENTIAL,
                         "pagination": PAGES}, login, output_dataset="batched",
                        processing={"kind": "code", "code": "print(records)\nresult = records"}),
         "letters": batch({"kind": "http", "url": "$URL/works/$CASE", "credential": CREDENTIAL,
                           "pagination": PAGES}, token, error_handling="dead_letter", max_retry_attempts=0,
                          processing={"kind": "code", "code": RAISES}),
         "rows": batch({"kind": "sql", "credential": "$CASE", "statement": ECHO_SQL}, database,
                        output_dataset="batched_rows"),
         "rowletters": batch({"kind": "sql", "credential": "$CASE", "statement": ECHO_SQL}, database,
                             error_handling="dead_letter", max_retry_attempts=0,
                             processing={"kind": "code", "code": RAISES}),
         "refused": batch({"kind": "http", "url": "$URL/denied/$CASE", "credential": CREDENTIAL,
                           "pagination": PAGES}, login, fails=True),
         "norows": batch({"kind": "sql", "credential": "$CASE", "statement": FAIL_SQL}, database,
                         fails=True)},
    ),
    "SQLQueryNode": Row(
        "the password of the database, in a record and in the message of an error",
        {"asks": own("SQLQueryNode", database, credential="$CASE", query=ECHO_SQL),
         "saves": own("SQLQueryNode", database, credential="$CASE", query=ECHO_SQL,
                      save_to={"dataset": "sql_saved", "format": "jsonl"}),
         "fails": own("SQLQueryNode", database, credential="$CASE", query=FAIL_SQL, fails=True)},
    ),
    "EmailNode": Row(
        "the password of the mail server, in its replies; and the answer of a server is written",
        {"sends": own("EmailNode", mailbox, to=["a@example.com"], subject="Hi", credential="$CASE"),
         "fails": own("EmailNode", mailbox, to=["a@example.com"], subject="Hi", credential="$CASE",
                      fails=True),
         "tells": given("EmailNode", "text", to=["a@example.com"], subject="Hi", wait_for="queued")},
    ),
    "WebhookCallNode": Row(
        "what signs it, which the receiver knows; and the answer of a server is sent",
        {"sends": own("WebhookCallNode", signing, url="$URL/hook/$CASE", body=1, credential="$CASE"),
         "fails": own("WebhookCallNode", signing, url="$URL/denied/$CASE", body=1, credential="$CASE",
                      fails=True),
         "tells": given("WebhookCallNode", "body", "records", url="$URL/works/$CASE", wait_for="queued")},
    ),
    "DataLineageNode": Row(
        "the answer of a server is described, and its columns have the names that it gives them",
        {"tracks": given("DataLineageNode", "input", "records", transformation_type="copy",
                         compliance_frameworks=["GDPR"])},
    ),
    "RotatingCredentialNode": Row(
        "the value before and the new one, in every answer of the service that makes it",
        {"renews": rotating("make"),
         "fails": rotating("fails"),
         "untaken": rotating("make", test_request={"url": "$URL/denied/$CASE"}),
         "gap": rotating("make", test_request={"url": "$URL/denied/$CASE"}, zero_downtime=False)},
    ),
}  # fmt: skip
"""Every type of the catalogue."""


def names() -> dict[str, Case]:
    """Each case by the id that its step and its credential have."""
    found = {}
    for type_, row in ROWS.items():
        for name, case in row.cases.items():
            found[f"{type_.removesuffix('Node').lower()}_{name}"] = case
    return found
