"""For whom a workflow runs, what that allows, and what is written down about it."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from accounts.access import UserContext
from runtime import ParameterError, RunFailed
from tests.unit.engine.steps import document, node
from tests.unit.runtime_parameters.running import Runner

GRAPH = document([node("a", "Constant", value=1), node("b")], ["a -> b"])
ANALYST = UserContext(user_id="ann", roles=["analyst", "portfolio_viewer"])
VIEWER = UserContext(user_id="vic", roles=["viewer"])


def test_user_context_decides_what_runs(run: Runner) -> None:
    assert run(GRAPH, user_context=None).error is None
    assert run(GRAPH, user_context=ANALYST).error is None

    denied = run(GRAPH, user_context=VIEWER)

    assert denied.failure("a") == {
        "code": "access_denied",
        "message": "no role of user 'vic' ('viewer') may execute (role_permission)",
        "retryable": False,
        "rule": "role_permission",
    }
    assert denied.results == {}


@pytest.mark.parametrize(("roles", "rule"), [([], "no_role"), (["wizard"], "unknown_role")])
def test_user_context_with_no_known_role_is_denied(run: Runner, roles: list[str], rule: str) -> None:
    denied = run(GRAPH, user_context=UserContext(user_id="eve", roles=roles))

    assert denied.failure("a")["rule"] == rule


def test_enable_security_switches_the_checks(run: Runner) -> None:
    assert run(GRAPH, user_context=VIEWER, enable_security=False).error is None
    assert run(GRAPH, user_context=VIEWER, enable_security=True).failure("a")["code"] == "access_denied"
    assert run(GRAPH, user_context=VIEWER, enable_security=None).failure("a")["code"] == "access_denied"

    with pytest.raises(ParameterError, match="enable_security needs a user_context"):
        run(GRAPH, enable_security=True)


def test_enable_security_refuses_without_another_attempt(run: Runner) -> None:
    retry = {"max_retries": 3, "initial_delay": 0, "retry_on": ["access_denied"]}
    graph = document([node("a", "Constant", value=1, options={"retry": retry})])

    denied = run(graph, user_context=VIEWER)

    assert denied.of("node.retrying") == []


def test_roles_of_the_workspace_replace_the_table(run: Runner, tmp_path: Path) -> None:
    (tmp_path / "policies.json").write_text('{"roles": {"viewer": ["execute"]}}')

    assert run(GRAPH, user_context=VIEWER, workspace=tmp_path).error is None
    assert run(GRAPH, user_context=ANALYST, workspace=tmp_path).failure("a")["rule"] == "unknown_role"


def policy(effect: str, **more: object) -> str:
    stated = {"key": "p", "label": "Portfolios", "effect": effect, "actions": ["execute"], **more}
    return json.dumps({"policies": [stated]})


def test_policies_of_the_workspace_decide_for_each_node(run: Runner, tmp_path: Path) -> None:
    path = tmp_path / "policies.json"

    path.write_text(policy("deny", resources=["b"]))
    refused = run(GRAPH, user_context=ANALYST, workspace=tmp_path).failure("b")
    assert (refused["code"], refused["rule"]) == ("access_denied", "policy_deny")
    assert "Portfolios" in refused["message"]

    path.write_text(policy("allow"))
    assert run(GRAPH, user_context=VIEWER, workspace=tmp_path).error is None

    path.write_text(policy("allow", resources=["a"]))
    partly = run(GRAPH, user_context=VIEWER, workspace=tmp_path)
    assert partly.failure("b")["rule"] == "role_permission"
    assert set(partly.results) == {"a"}


def test_policies_ask_for_the_attributes_of_user_and_node(run: Runner, tmp_path: Path) -> None:
    cleared = {
        "attribute_path": "user.clearance",
        "operator": "security_level_meets",
        "value_path": "resource.classification",
    }
    secret = {"resource": "portfolios", "classification": "secret", "tags": []}
    graph = document([{**node("a", "Constant", value=1), "access": secret}])
    (tmp_path / "policies.json").write_text(policy("allow", resources=["portfolios"], condition=cleared))

    def rule(**attributes: str) -> str | None:
        ended = run(graph, user_context=UserContext("u", attributes=attributes), workspace=tmp_path)
        return None if ended.error is None else ended.failure("a")["rule"]

    assert rule(clearance="top_secret") is None
    assert rule(clearance="internal") == "no_role"
    assert rule() == "no_role"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('{"policies": [{"key": "x"}]}', r"policies\[0\].effect: is missing"),
        ('{"rules": []}', "rules: is not known"),
        ('{"masks": {"x": {"mask_type": "redact"}}}', "'masks' is not applied"),
        ('{"roles": {"viewer": "execute"}}', "roles.viewer must be a list"),
        ('{"roles": {"viewer": ["fly"]}}', "'fly' is not a permission"),
        ("[]", "must hold an object"),
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
    ],
    ids=["policies", "key", "masks", "no-list", "unknown", "no-object", "no-json", "deep"],
)
def test_policies_that_would_not_be_enforced_are_refused(
    run: Runner, tmp_path: Path, text: str, complaint: str
) -> None:
    (tmp_path / "policies.json").write_text(text)

    with pytest.raises(ParameterError, match=complaint):
        run(GRAPH, user_context=ANALYST, workspace=tmp_path)


def test_enable_audit_writes_who_ran_what(run: Runner, tmp_path: Path) -> None:
    run(GRAPH, workspace=tmp_path, enable_audit=False)
    assert not (tmp_path / "state").exists()

    seen = run(GRAPH, workspace=tmp_path, enable_audit=True, user_context=ANALYST)

    entries = [json.loads(line) for line in (tmp_path / "state" / "audit.jsonl").read_text().splitlines()]
    assert [(item["action"], item.get("node"), item.get("decision")) for item in entries] == [
        ("run.started", None, None),
        *[
            (action, name, decision)
            for name in "ab"
            for action, decision in (
                ("node.decision", "allow"),
                ("node.started", None),
                ("node.succeeded", None),
            )
        ],
        ("run.succeeded", None, None),
    ]
    assert {(item["run_id"], item["user_id"]) for item in entries} == {(seen.run_id, "ann")}
    assert entries[1]["rule"] == "role:analyst"


def test_enable_audit_without_a_workspace_keeps_entries_in_memory(run: Runner) -> None:
    allowed = run(GRAPH, enable_audit=True)
    denied = run(GRAPH, enable_audit=True, user_context=VIEWER)

    unchecked = [item for item in allowed.runtime.audit_entries if item["action"] == "node.decision"]
    assert {(item["decision"], item["rule"]) for item in unchecked} == {("allow", "security_off")}
    refused = [item for item in denied.runtime.audit_entries if item["action"] == "node.decision"]
    assert [(item["node"], item["decision"], item["rule"]) for item in refused] == [
        ("a", "deny", "role_permission")
    ]
    assert denied.runtime.audit_entries[-1]["action"] == "run.failed"


def test_enable_audit_ends_a_run_that_cannot_be_audited(run: Runner, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")

    with pytest.raises(Exception, match=r"audit\.jsonl cannot be written") as refused:
        run(GRAPH, workspace=tmp_path, enable_audit=True)

    assert not isinstance(refused.value, RunFailed)


ASKING = document([node("a", "SecretLength")])


class Vault:
    def get(self, name: str) -> str:
        return f"{name}-of-the-vault"


@pytest.mark.parametrize(
    ("provider", "length"),
    [
        ({"token": "s3cret"}, 6),
        (lambda name: f"{name}!", 6),
        (Vault(), 18),
        ({"token": {"value": "0123456789", "expires_at": "2999-01-01"}}, 10),
    ],
    ids=["mapping", "function", "object", "entry"],
)
def test_secret_provider_supplies_secrets(run: Runner, provider: object, length: int) -> None:
    assert run(ASKING, secret_provider=provider).results == {"a": {"result": length}}


def test_secret_provider_without_one_is_the_workspace(run: Runner, tmp_path: Path) -> None:
    assert run(ASKING).failure("a")["code"] == "unknown_secret"
    assert run(ASKING, workspace=tmp_path).failure("a")["code"] == "unknown_secret"

    (tmp_path / "credentials.json").write_text('{"token": "of the file"}')

    assert run(ASKING, workspace=tmp_path).results == {"a": {"result": 11}}
    assert run(ASKING, workspace=tmp_path, secret_provider={"token": "x"}).results == {"a": {"result": 1}}


def _breaks(name: str) -> str:
    raise RuntimeError("hunter2 was not found")


@pytest.mark.parametrize(
    ("provider", "code", "message"),
    [
        ({"tokn": "x"}, "unknown_secret", "Did you mean 'tokn'?"),
        ({"token": 5}, "secret_unavailable", "is not a text but int"),
        ({"token": {"value": "x", "expires_at": "2001-01-01"}}, "expired_secret", "expired on 2001-01-01"),
        ({"token": {"value": "x", "expires_at": "soon"}}, "secret_unavailable", "not an ISO 8601 time"),
        (_breaks, "secret_unavailable", "the provider raised RuntimeError"),
    ],
    ids=["unknown", "no-text", "expired", "no-time", "broken"],
)
def test_secret_provider_that_has_nothing_to_give_fails_the_node(
    run: Runner, provider: object, code: str, message: str
) -> None:
    failure = run(ASKING, secret_provider=provider).failure("a")

    assert failure["code"] == code
    assert message in failure["message"]
    assert "hunter2" not in str(failure)


def test_a_secret_is_not_logged(run: Runner, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "runtime"):
        run(ASKING, secret_provider={"token": "hunter2"}, enable_logging=True, debug=True)

    assert "got ••••" in caplog.text
    assert "hunter2" not in caplog.text


@pytest.mark.parametrize("persist", [False, True], ids=["", "persist"])
def test_a_secret_never_leaves_its_node(
    run: Runner, tmp_path: Path, caplog: pytest.LogCaptureFixture, persist: bool
) -> None:
    graph = document(
        [
            node("tells", "Careless"),
            node("hears"),
            node("fails", "Careless", options={"on_error": "continue"}),
        ],
        ["tells -> hears"],
    )
    bad = document([node("loop", "LoopNode", max_iterations=2), node("fails", "Careless", parent="loop")])
    config = {
        "secret_provider": {"token": "hunter2"},
        "workspace": tmp_path,
        "enable_audit": True,
        "enable_logging": True,
        "debug": True,
        **({"persist": tmp_path / "journal.jsonl"} if persist else {}),
    }

    with caplog.at_level(logging.DEBUG, "runtime"):
        told = run(graph, {"fails": {"fail": True}}, **config)
        failed = run(bad, {"fails": {"fail": True}}, **config)

    assert told.results["hears"]["result"]["data"] == {"told": ["my ••••"]}
    assert failed.failure("loop")["said"] == ["my ••••"]
    assert "in run" in failed.failure("loop")["traceback"]
    files = [path.read_text() for path in tmp_path.rglob("*.jsonl")]
    assert len(files) == 1 + persist
    shown = [
        told.results,
        told.events,
        failed.error,
        failed.failure("loop"),
        failed.events,
        caplog.text,
        files,
    ]
    assert "hunter2" not in str(shown)
