from __future__ import annotations

import base64
from typing import Any

import pytest

from runtime.engine.errors import InputError, NodeError, ParameterError
from runtime.engine.node import CheckContext, Effect
from runtime.nodes.http_request import HTTPRequestNode
from runtime.services_protocol import HttpResponse
from tests.unit.nodes.surroundings import Context, ScriptedHttp, Services, run

URL = "https://api.example.com/items"


def response(body: bytes = b"", status: int = 200, **headers: str) -> HttpResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponse(status=status, headers=named, url=URL, body=body)


def call(
    config: dict[str, Any], answer: HttpResponse, **inputs: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    http = ScriptedHttp(answer)
    outputs = run(HTTPRequestNode(**{"url": URL, **config}), Context(inputs, Services(http=http)))
    assert isinstance(outputs, dict)
    return outputs["result"], http.calls[0]


def test_result_has_status_headers_body_url_and_time() -> None:
    result, sent = call({}, response(b'{"a": 1}', content_type="application/json; charset=utf-8"))

    assert result["status"] == 200
    assert result["body"] == {"a": 1}
    assert result["url"] == URL
    assert result["headers"] == {"content-type": "application/json; charset=utf-8"}
    assert result["elapsed_ms"] >= 0
    assert (sent["method"], sent["body"], sent["follow_redirects"]) == ("GET", None, True)


def test_query_is_added_after_the_url_s_own() -> None:
    config = {"url": f"{URL}?a=1", "query": {"b": [1, 2], "c": None, "d": True, "e": "x y&z"}}

    _, sent = call(config, response(), query={"f": 3})

    assert sent["url"] == f"{URL}?a=1&b=1&b=2&d=true&e=x+y%26z&f=3"


@pytest.mark.parametrize(
    ("config", "body", "content_type"),
    [
        ({"body": {"a": [1, "ø"]}}, '{"a": [1, "ø"]}'.encode(), "application/json"),
        (
            {"body": {"a": 1, "b": "x y"}, "body_type": "form"},
            b"a=1&b=x+y",
            "application/x-www-form-urlencoded",
        ),
        ({"body": "hi", "body_type": "text"}, b"hi", "text/plain; charset=utf-8"),
        ({"body": 1, "headers": {"content-type": "application/vnd.x+json"}}, b"1", "application/vnd.x+json"),
    ],
)
def test_body_is_sent_as_told(config: dict[str, Any], body: bytes, content_type: str) -> None:
    _, sent = call({"method": "POST", **config}, response())

    headers = {name.lower(): value for name, value in sent["headers"].items()}
    assert (sent["body"], headers["content-type"]) == (body, content_type)


def test_connected_body_wins_over_the_configured_one() -> None:
    _, sent = call({"method": "PUT", "body": {"a": 1}}, response(), body={"b": 2})

    assert sent["body"] == b'{"b": 2}'


@pytest.mark.parametrize(("body_type", "body"), [("form", "text"), ("text", {"a": 1})])
def test_body_that_does_not_fit_its_type_fails_the_node(body_type: str, body: Any) -> None:
    with pytest.raises(InputError):
        call({"method": "POST", "body_type": body_type}, response(), body=body)


def test_changing_methods_carry_a_stable_idempotency_key() -> None:
    _, post = call({"method": "POST"}, response())
    _, own = call({"method": "POST", "headers": {"idempotency-key": "mine"}}, response())
    _, get = call({}, response())

    assert post["headers"]["Idempotency-Key"] == "run-1/step"
    assert own["headers"] == {"idempotency-key": "mine"}
    assert "Idempotency-Key" not in get["headers"]


def test_effect_goes_by_the_method() -> None:
    assert HTTPRequestNode.effect_of({"method": "GET"}) is Effect.IDEMPOTENT
    assert HTTPRequestNode.effect_of({}) is Effect.IDEMPOTENT
    assert HTTPRequestNode.effect_of({"method": "DELETE"}) is Effect.EFFECTFUL


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_request_that_is_sent_at_most_once_is_never_repeated(method: str) -> None:
    config = {"url": "https://bank.example/pay", "method": method, "at_most_once": True}

    assert HTTPRequestNode.effect_of(config) is Effect.AT_MOST_ONCE
    assert HTTPRequestNode.effect_of({**config, "at_most_once": False}) is not Effect.AT_MOST_ONCE


def test_whether_a_request_may_be_repeated_is_no_template() -> None:
    problems = HTTPRequestNode.check({"url": URL, "at_most_once": "${careful}"}, CheckContext("step"))

    assert [(problem.code, problem.field) for problem in problems] == [
        ("invalid_parameter", "config.at_most_once")
    ]


@pytest.mark.parametrize(
    ("answer", "response_format", "expected"),
    [
        (response(b"[1]", content_type="application/problem+json"), "auto", [1]),
        (response(b"<a/>", content_type="application/xml"), "auto", "<a/>"),
        (response("ä".encode("latin-1"), content_type="text/plain; charset=latin-1"), "auto", "ä"),
        (response(b"\xff", content_type="text/plain; charset=nonsense"), "auto", "\ufffd"),
        (response(b"\x00\x01", content_type="image/png"), "auto", base64.b64encode(b"\x00\x01").decode()),
        (response(b"", content_type="application/json"), "auto", None),
        (response(b"[1]"), "json", [1]),
        (response(b"[1]", content_type="application/json"), "text", "[1]"),
        (response(b"hi", content_type="text/plain"), "bytes", "aGk="),
    ],
)
def test_response_is_read_by_format(answer: HttpResponse, response_format: str, expected: Any) -> None:
    result, _ = call({"response_format": response_format}, answer)

    assert result["body"] == expected


@pytest.mark.parametrize("body", [b"<html>", b"NaN", b"[" * 100_000])
def test_response_that_is_not_json_fails_the_node(body: bytes) -> None:
    with pytest.raises(NodeError) as caught:
        call({"response_format": "json"}, response(body))

    assert caught.value.code == "http_body"


@pytest.mark.parametrize(
    ("status", "retryable"), [(404, False), (429, True), (500, True), (503, True), (401, False)]
)
def test_other_status_is_an_error_with_its_facts(status: int, retryable: bool) -> None:
    http = ScriptedHttp(response(b"no luck", status, retry_after="7"))
    context = Context({}, Services(http=http))

    with pytest.raises(NodeError) as caught:
        run(HTTPRequestNode(url=f"{URL}?token=secret"), context)

    error = caught.value
    assert (error.code, error.retryable, error.facts) == (
        "http_status",
        retryable,
        {"status": status, "retry_after_s": 7.0},
    )
    assert "secret" not in error.message
    assert ("error", f"The response of {status} begins: no luck") in context.lines


def test_expected_status_replaces_the_rule() -> None:
    result, _ = call({"expected_status": [404]}, response(status=404))

    assert result["status"] == 404
    with pytest.raises(NodeError):
        call({"expected_status": [404]}, response(status=200))


def test_time_limit_of_the_attempt_is_passed_on() -> None:
    http = ScriptedHttp(response())

    run(HTTPRequestNode(url=URL, timeout_s=20), Context({}, Services(http=http), timeout_s=3.0))

    assert http.calls[0]["timeout_s"] == 3.0


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"url": ""},
        {"url": URL, "method": "FETCH"},
        {"url": URL, "timeout_s": 0},
        {"url": URL, "body": {"a": 1}},
        {"url": URL, "headers": {"a": 1}},
        {"url": URL, "proxy": "x"},
    ],
)
def test_bad_configuration_is_refused(config: dict[str, Any]) -> None:
    with pytest.raises(ParameterError):
        HTTPRequestNode(**config)


@pytest.mark.parametrize(
    ("config", "field", "severity", "words"),
    [
        ({"url": "htps://bureau"}, "config.url", "error", "use https://"),
        ({"url": "api.example.com/x"}, "config.url", "error", "use https://"),
        ({"url": "https:///x"}, "config.url", "error", "names no host"),
        ({"url": "https://me:pw@a.example/"}, "config.url", "error", "as a header"),
        ({"url": "https://[::1/"}, "config.url", "error", "not a URL"),
        ({"url": "https://${host}/x"}, "config.url", "warning", "which host"),
        ({"url": "https://a.example${path}"}, "config.url", "warning", "which host"),
        ({"url": "${url}"}, "config.url", "warning", "which host"),
        ({"url": URL, "headers": {"Host": "b.example"}}, "config.headers.Host", "error", "cannot be set"),
        ({"url": URL, "headers": {"X": "a\r\nY: b"}}, "config.headers.X", "error", "line break"),
    ],
)
def test_check_finds_what_the_schema_cannot(
    config: dict[str, Any], field: str, severity: str, words: str
) -> None:
    problems = HTTPRequestNode.check(config, CheckContext("step"))

    assert [(item.field, item.severity) for item in problems] == [(field, severity)]
    assert words in problems[0].message


@pytest.mark.parametrize("url", [URL, "https://a.example/${path}?q=${q}", "http://10.0.0.1:8080/"])
def test_check_accepts_a_url(url: str) -> None:
    assert HTTPRequestNode.check({"url": url}, CheckContext("step")) == []


def test_check_finds_a_connected_body_without_a_method_for_it() -> None:
    problems = HTTPRequestNode.check({"url": URL}, CheckContext("step", frozenset({"body"})))

    assert [item.code for item in problems] == ["body_without_method"]
