"""What may be set for runs, and the operator's limits, wherever a setting comes in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings

from runtime.engine.parameters import PARAMETERS
from runtime.models import Run
from tests.contract import Api

pytestmark = pytest.mark.django_db
OPERATORS_OWN = {
    *("sandbox", "user_context", "enable_security", "enable_audit"),
    *("secret_provider", "event_sink", "persist"),
}
LIMITS = {"timeout": 600, "max_iterations": 1000, "fail_fast": True, "connection_validation": "warn"}


@pytest.fixture
def limits() -> Iterator[dict[str, Any]]:
    with override_settings(RUNTIME_LIMITS=LIMITS):
        yield LIMITS


def parameters(api: Api) -> dict[str, dict[str, Any]]:
    body = api.get("runtime-parameters/").json()
    assert body["next"] is None
    return {row["name"]: row for row in body["results"]}


def problems(response: Any) -> dict[str, str]:
    """`{field: code}`."""
    return {error["field"]: error["code"] for error in response.json()["errors"]}


def test_all_twenty_nine_are_listed_with_what_they_may_be(viewer_api: Api) -> None:
    found = parameters(viewer_api)

    assert list(found) == list(PARAMETERS)
    assert len(found) == 29
    assert {name for name, row in found.items() if row["settable"] == "operator"} == OPERATORS_OWN
    assert found["timeout"]["unit"] == "seconds"
    assert found["max_iterations"]["schema"]["minimum"] == 1
    assert all(row["cap"] is None and row["cap_text"] is None for row in found.values())
    assert all(row["title"] and row["description"] and row["group"] for row in found.values())


def test_a_limit_is_told_and_bounds_the_default(viewer_api: Api, limits: dict[str, Any]) -> None:
    found = parameters(viewer_api)

    assert (found["timeout"]["cap"], found["timeout"]["default"]) == (600, 600)
    assert found["timeout"]["cap_text"] == "at most 600 seconds"
    assert (found["max_iterations"]["cap"], found["max_iterations"]["default"]) == (1000, 1000)
    assert found["fail_fast"]["default"] is True
    assert (found["connection_validation"]["cap"], found["connection_validation"]["default"]) == (
        "warn",
        "warn",
    )


PAST = [
    ({"timeout": 601}, {"settings.timeout": "over_limit"}),
    ({"timeout": None}, {"settings.timeout": "over_limit"}),
    ({"max_iterations": 1001, "fail_fast": False}, {
        "settings.max_iterations": "over_limit",
        "settings.fail_fast": "over_limit",
    }),
    ({"connection_validation": "off"}, {"settings.connection_validation": "over_limit"}),
    ({"persist": "/tmp/x"}, {"settings.persist": "unsupported_option"}),
    ({"sandbox": "inline"}, {"settings.sandbox": "unsupported_option"}),
    ({"enable_security": False}, {"settings.enable_security": "unsupported_option"}),
    ({"time_out": 5}, {"settings.time_out": "unknown_setting"}),
    ({"timeout": -1}, {"settings.timeout": "invalid_setting"}),
    ({"timeout": True}, {"settings.timeout": "invalid_setting"}),
    ({"max_iterations": 10**9}, {"settings.max_iterations": "invalid_setting"}),
    ({"max_retries": "3"}, {"settings.max_retries": "invalid_setting"}),
    ({"timeout": {"seconds": 5}}, {"settings.timeout": "invalid_setting"}),
]  # fmt: skip


@pytest.mark.parametrize(("settings", "expected"), PAST, ids=range(len(PAST)))
def test_a_draft_past_the_limits_is_kept_and_neither_published_nor_run(
    api: Api,
    workflow: dict[str, Any],
    limits: dict[str, Any],
    settings: dict[str, Any],
    expected: dict[str, str],
) -> None:
    path = f"workflows/{workflow['id']}/"

    saved = api.put(path + "draft/", {"graph": {"nodes": [], "settings": settings}}, If_Match='"1"')
    published = api.post(path + "versions/", {})
    run = api.post(path + "runs/", {})

    found = {problem["field"]: problem["code"] for problem in saved.json()["problems"]}
    assert saved.status_code == 200
    assert found == expected
    assert saved.json()["graph"]["settings"] == settings
    for refused in (published, run):
        assert refused.status_code == 422
        assert problems(refused) == expected
    assert not Run.objects.exists()


@pytest.mark.parametrize(("settings", "expected"), PAST, ids=range(len(PAST)))
def test_a_run_past_the_limits_is_refused_with_the_places(
    api: Api,
    workflow: dict[str, Any],
    limits: dict[str, Any],
    settings: dict[str, Any],
    expected: dict[str, str],
) -> None:
    refused = api.post(f"workflows/{workflow['id']}/runs/", {"settings": settings})

    assert refused.status_code == 422
    assert problems(refused) == expected
    assert not Run.objects.exists()


@pytest.mark.parametrize("raw", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"[[]]" * 3])
def test_a_setting_that_is_no_json_number_is_refused(api: Api, workflow: dict[str, Any], raw: bytes) -> None:
    body = b'{"settings": {"timeout": ' + raw + b"}}"

    assert api.send("POST", f"workflows/{workflow['id']}/runs/", body).status_code in (400, 422)
    assert not Run.objects.exists()


def test_settings_of_a_run_are_kept_with_it(
    api: Api, viewer_api: Api, workflow: dict[str, Any], limits: dict[str, Any]
) -> None:
    settings = {"timeout": 30, "max_concurrency": 2}

    started = api.post(f"workflows/{workflow['id']}/runs/", {"settings": settings})

    assert started.status_code == 202, started.content
    assert viewer_api.get(f"runs/{started.json()['id']}/").json()["settings"] == settings


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"timeout": 61}, "options.timeout"),
        ({"retry": {"max_retries": 3}}, "options.retry.max_retries"),
    ],
)
def test_a_nodes_own_options_have_the_same_limits(
    api: Api, workflow: dict[str, Any], options: dict[str, Any], field: str
) -> None:
    node = {"id": "a", "type": "PythonCodeNode", "config": {"code": "result = 1"}, "options": options}

    with override_settings(RUNTIME_LIMITS={"node_timeout": 60, "max_retries": 2}):
        answer = api.post(f"workflows/{workflow['id']}/validate/", {"graph": {"nodes": [node]}})

    [problem] = answer.json()["problems"]
    assert (problem["code"], problem["node"], problem["field"]) == ("over_limit", "a", field)


def test_a_limit_that_is_lowered_later_holds_for_what_is_published(
    api: Api, workflow: dict[str, Any]
) -> None:
    path = f"workflows/{workflow['id']}/"
    config = {"code": "result = 1"}
    node = {"id": "a", "type": "PythonCodeNode", "config": config, "options": {"timeout": 300}}
    api.put(path + "draft/", {"graph": {"nodes": [node], "settings": {"timeout": 600}}}, If_Match='"1"')
    assert api.post(path + "versions/", {}).status_code == 201

    with override_settings(RUNTIME_LIMITS={"timeout": 60}):
        refused = api.post(path + "runs/", {"version": 1})
        tightened = api.post(path + "runs/", {"version": 1, "settings": {"timeout": 30}})
    with override_settings(RUNTIME_LIMITS={"node_timeout": 60}):
        node_refused = api.post(path + "runs/", {"version": 1})

    assert problems(node_refused) == {"options.timeout": "over_limit"}
    assert problems(refused) == {"settings.timeout": "over_limit"}
    assert "600" in refused.json()["detail"] and "60 seconds" in refused.json()["detail"]
    assert tightened.status_code == 202
