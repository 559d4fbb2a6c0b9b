"""Whatever somebody sends: a clear problem, never a failure of the server, and nothing half done."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.models import Workflow
from tests.contract import Api

pytestmark = pytest.mark.django_db

MALFORMED = {
    "empty": b"",
    "no JSON": b"{",
    "not UTF-8": b'{"name": "\xff"}',
    "UTF-16": '{"name": "x"}'.encode("utf-16"),
    "NaN": b'{"name": NaN}',
    "infinite": b'{"name": "x", "graph": {"settings": {"timeout": 1e999}}}',
    "a number of 5,000 digits": b'{"name": ' + b"9" * 5000 + b"}",
    "deeper than the interpreter's stack": b'{"graph": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "200 levels": b'{"name": "x", "graph": ' + b'{"a":' * 200 + b"1" + b"}" * 201,
    "a list": b"[]",
    "a text": b'"name"',
    "null": b"null",
    "a NUL": b'{"name": "a\\u0000b"}',
    "a NUL in a key": b'{"name": "x", "a\\u0000b": 1}',
    "half a surrogate pair": b'{"name": "\\ud800"}',
    "half a surrogate pair as a key": b'{"name": "x", "graph": {"nodes": [], "\\udfff": 1}}',
    "an unknown key": b'{"name": "x", "colour": "red"}',
    "a wrong type": b'{"name": 3}',
    "an empty name": b'{"name": "   "}',
    "a name of 201 characters": b'{"name": "' + b"x" * 201 + b'"}',
    "a missing name": b"{}",
    "a graph that is a text": b'{"name": "x", "graph": "nodes"}',
    "a graph of a later schema": b'{"name": "x", "graph": {"schema": 2}}',
}


@pytest.mark.parametrize("raw", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_body_that_cannot_be_used_is_refused_and_changes_nothing(api: Api, raw: bytes) -> None:
    response = api.send("POST", "workflows/", raw)

    assert response.status_code in (400, 422), response.content
    assert response.json()["detail"]
    assert not Workflow.objects.exists()


def test_the_wrong_field_is_named(api: Api) -> None:
    errors = api.post("workflows/", {"name": 3, "colour": "red"}).json()["errors"]

    assert {error["field"] for error in errors} == {"name", "colour"}


def test_what_was_sent_is_not_repeated_in_the_answer(api: Api) -> None:
    answer = api.post("workflows/", {"name": ["hunter2-secret"]}).content.decode()

    assert "hunter2" not in answer


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "", "nonsense", "a/b;c"]
)
def test_another_content_type_is_415(api: Api, content_type: str) -> None:
    response = api.send("POST", "workflows/", b'{"name": "x"}', content_type=content_type)

    assert response.status_code == 415
    assert response.json()["code"] == "unsupported_media_type"


@pytest.mark.parametrize("charset", ["utf-7", "bz2", "no-such", "utf-16"])
def test_the_body_is_read_as_utf_8_whatever_the_charset_says(api: Api, charset: str) -> None:
    response = api.send(
        "POST", "workflows/", b'{"name": "x"}', content_type=f"application/json; charset={charset}"
    )

    assert response.status_code in (201, 400, 415)


def test_eleven_megabytes_are_413(api: Api) -> None:
    response = api.send("POST", "workflows/", b'{"name": "' + b"x" * (11 << 20) + b'"}')

    assert response.status_code == 413
    assert response.json()["max_bytes"] == 10 << 20


QUERIES = [
    *("workflows/?limit=0", "workflows/?limit=201", "workflows/?limit=x", "workflows/?limit=" + "9" * 30),
    *("workflows/?search=%00", "workflows/?unknown=1", "workflows/?cursor=%F0%9F", "workflows/?%00=1"),
    *("runs/?status=done", "runs/?workflow=1", "runs/?since=yesterday", "runs/?since=2026-01-01T00:00:00"),
    *("runs/?trigger=x", "runs/?search=%00", "runs/?until=9999-99-99", "runs/?workflow=%00"),
    *("datasets/?search=%00", "datasets/?limit=1e3", "datasets/?cursor=x"),
]


@pytest.mark.parametrize("path", QUERIES)
def test_a_query_that_cannot_be_used_is_refused(api: Api, path: str) -> None:
    response = api.get(path)

    assert response.status_code == 422, response.content
    assert response.json()["errors"][0]["field"] is not None


@pytest.mark.parametrize(
    "search", ["%25", "_", "\\", "'; DROP TABLE workflow; --", "x" * 200, "\u200b", "#12", "🦔"]
)
def test_any_other_text_can_be_searched_for(api: Api, search: str) -> None:
    for path in ("workflows/", "runs/", "datasets/"):
        assert api.get(path, {"search": search}).json()["results"] == []


@pytest.mark.parametrize("key", ["", "x" * 201, "tab\there", "ü"])
def test_an_idempotency_key_that_cannot_be_kept_is_400(api: Api, key: str) -> None:
    assert api.post("workflows/", {"name": "x"}, Idempotency_Key=key).status_code == 400


def test_integers_past_64_bits_survive_in_configuration(api: Api) -> None:
    huge = 10**40
    node = {"id": "a", "type": "TransformNode", "config": {"operations": huge}}

    created = api.post("workflows/", {"name": "Huge", "graph": {"nodes": [node]}})
    draft = api.get(f"workflows/{created.json()['id']}/draft/")

    assert created.status_code == 201
    assert draft.json()["graph"]["nodes"][0]["config"]["operations"] == huge


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(["PythonCodeNode", "SwitchNode", "result", "a", "\x00", "\ud800", "${x}", "../.."]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "type", "config", "options", "position", "source", "target", "output", "input", "x"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)
GRAPHS = st.fixed_dictionaries(
    {},
    optional={
        "schema": st.just(1) | ANYTHING,
        "nodes": st.lists(ANYTHING, max_size=3) | ANYTHING,
        "connections": st.lists(ANYTHING, max_size=3) | ANYTHING,
        "parameters": st.lists(ANYTHING, max_size=2) | ANYTHING,
        "settings": ANYTHING,
        "annotations": ANYTHING,
        "groups": ANYTHING,
    },
)
FUZZ = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def as_bytes(body: Any) -> bytes:
    """JSON that may hold escaped halves of surrogate pairs, as a hostile client can send."""
    return json.dumps(body).encode()


@FUZZ
@given(graph=GRAPHS)
def test_no_graph_breaks_the_server(api: Api, workflow: dict[str, Any], graph: Any) -> None:
    path = f"workflows/{workflow['id']}/"
    created = api.send("POST", "workflows/", as_bytes({"name": "x", "graph": graph}))
    checked = api.send("POST", path + "validate/", as_bytes({"graph": graph}))

    assert created.status_code in (201, 422)
    assert checked.status_code in (200, 422)
    if created.status_code == 201:
        below = f"workflows/{created.json()['id']}/"
        assert api.get(below + "draft/").status_code == 200
        assert api.post(below + "versions/", {}).status_code in (201, 422)
        assert api.post(below + "runs/", {}).status_code in (202, 422)


@FUZZ
@given(
    body=ANYTHING, place=st.sampled_from(["", "import/", "ID/validate/", "ID/versions/", "ID/runs/", "CODE"])
)
def test_no_body_breaks_the_server(api: Api, workflow: dict[str, Any], body: Any, place: str) -> None:
    path = "code/check/" if place == "CODE" else f"workflows/{place.replace('ID', workflow['id'])}"

    assert api.send("POST", path, as_bytes(body)).status_code < 500


@FUZZ
@given(parameters=ANYTHING, version=ANYTHING)
def test_no_parameters_break_the_server(
    api: Api, workflow: dict[str, Any], parameters: Any, version: Any
) -> None:
    body = as_bytes({"parameters": parameters, "version": version})

    response = api.send("POST", f"workflows/{workflow['id']}/runs/", body)

    assert response.status_code in (202, 422)


@FUZZ
@given(raw=st.binary(max_size=60))
def test_no_bytes_break_the_server(api: Api, raw: bytes) -> None:
    assert api.send("POST", "workflows/", raw).status_code in (400, 422)
