"""RotatingCredentialNode in a script: every ending is a value, and one value is in force at each moment."""

from __future__ import annotations

import fcntl
import json
import os
import stat
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runtime.engine.errors import NodeError, ParameterError
from runtime.nodes.rotating_credential import RotatingCredentialNode
from runtime.secret_sources import script_secrets
from tests.unit.rotation.conftest import Peers, Workspace, soon, vault_entry

BASIC: dict[str, Any] = {
    "operation": "start_rotation",
    "credential_name": "api_key",
    "check_interval": 3600,
    "expiration_threshold": 86400,
    "refresh_sources": ["vault"],
}
NEW = "new-value-from-vault"
PATH = "secret/data/api_key"


def test_a_due_credential_gets_the_vault_s_value(workspace: Workspace, peers: Peers) -> None:
    expires_at = soon(days=30)
    peers.hold(PATH, value=NEW, expires_at=expires_at)

    result = workspace.rotate(**BASIC)

    assert (result["rotation_status"], result["source"]) == ("success", "vault")
    assert (result["previous_version"], result["version"]) == (1, 2)
    assert datetime.fromisoformat(result["expires_at"]) == datetime.fromisoformat(expires_at)
    assert workspace.value("api_key") == NEW
    state = workspace.folder / "state" / "credentials.json"
    assert stat.S_IMODE(state.stat().st_mode) == 0o600
    assert workspace.rotate(key="run/next", **BASIC)["rotation_status"] == "not_due"


def test_no_secret_is_told_anywhere(workspace: Workspace, peers: Peers) -> None:
    peers.hold(PATH, value=NEW)

    result = workspace.rotate(**BASIC)

    told = json.dumps([result, workspace.lines("audit.jsonl"), workspace.lines("rotations.jsonl")])
    assert [secret for secret in (NEW, "old-value", vault_entry()["value"]) if secret in told] == []
    assert workspace.secrets.redact([NEW, "old-value"]) == ["••••", "••••"]


def test_far_from_its_expiry_it_is_not_due(workspace: Workspace, peers: Peers) -> None:
    workspace.write(api_key={"value": "old-value", "expires_at": soon(days=90)})

    result = workspace.rotate(**BASIC)

    assert (result["rotation_status"], result["next_check_at"]) == ("not_due", None)
    assert "is due from" in result["reason"]
    assert peers.calls == []
    assert [entry["action"] for entry in workspace.lines("audit.jsonl")] == ["credential.check_rotation"]


def test_an_expired_credential_can_still_be_renewed(workspace: Workspace, peers: Peers) -> None:
    workspace.write(api_key={"value": "old-value", "expires_at": "2020-01-01"}, vault=vault_entry())
    peers.hold(PATH, value=NEW)

    assert workspace.rotate(**BASIC)["rotation_status"] == "success"
    assert workspace.value("api_key") == NEW


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"credential_name": "nothing"}, "There is no credential 'nothing'"),
        ({"refresh_sources": ["aws_secrets"]}, "AWS Secrets Manager is not set up here"),
        ({"refresh_sources": ["azure_key_vault"]}, "Azure Key Vault is not set up here"),
        ({"refresh_config": {"vault": {"credential": "other"}}}, "Vault is not set up here"),
        ({"refresh_config": {"vault": {"path": "secret/not/there"}}}, "has nothing at 'secret/not/there'"),
    ],
)
def test_what_cannot_be_renewed_is_a_failure_with_its_reason(
    workspace: Workspace, change: dict[str, Any], reason: str
) -> None:
    result = workspace.rotate(**{**BASIC, **change})

    assert result["rotation_status"] == "failed"
    assert reason in result["reason"]
    assert workspace.value("api_key") == "old-value"


@pytest.mark.parametrize(
    ("status", "reason"), [(503, "sealed"), (403, "refuses the token"), (500, "status 500")]
)
def test_a_vault_that_does_not_answer_is_told_without_its_words(
    workspace: Workspace, peers: Peers, status: int, reason: str
) -> None:
    peers.status = status

    assert reason in workspace.rotate(**BASIC)["reason"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"data": {"data": None, "metadata": {}}}, "may have been deleted"),
        ({"data": {"data": {"password": "x" * 20}}}, "has no text in the field 'value'; it has 'password'"),
        ({"data": {"data": {"value": 4711}}}, "has no text in the field 'value'"),
        ({"data": {"data": {"value": "old-value"}}}, "in force already"),
        ({"data": {"data": {"value": "abc"}}}, "too short"),
    ],
)
def test_a_secret_that_is_no_new_value_is_told(
    workspace: Workspace, peers: Peers, body: Any, reason: str
) -> None:
    peers.secrets[PATH] = body

    result = workspace.rotate(**BASIC)

    assert (result["rotation_status"], workspace.value("api_key")) == ("failed", "old-value")
    assert reason in result["reason"]


def test_sources_are_tried_in_order(workspace: Workspace) -> None:
    result = workspace.rotate(
        **{**BASIC, "refresh_sources": ["vault", "aws_secrets", "local"]},
        refresh_config={"local": {"length": 20, "alphabet": "hex", "valid_for_s": 3600}},
    )

    assert (result["rotation_status"], result["source"]) == ("success", "local")
    assert [each["source"] for each in result["tried"]] == ["vault", "aws_secrets"]
    assert len(workspace.value("api_key")) == 20
    left = datetime.fromisoformat(result["expires_at"]) - datetime.now(UTC)
    assert timedelta(minutes=59) < left < timedelta(minutes=61)


def test_the_key_value_engine_of_version_1_is_read_too(workspace: Workspace, peers: Peers) -> None:
    peers.secrets["kv/prod/api"] = {"data": {"token": NEW}, "lease_duration": 10}
    vault = {"path": "kv/prod/api", "field": "token", "kv_version": "1"}

    assert workspace.rotate(**BASIC, refresh_config={"vault": vault})["rotation_status"] == "success"
    assert workspace.value("api_key") == NEW


def test_a_new_value_that_fails_its_test_never_comes_into_force(workspace: Workspace, peers: Peers) -> None:
    peers.hold(PATH, value=NEW)
    peers.taken = {"old-value"}

    result = workspace.rotate(**BASIC, test_request={"url": "https://service.test/me"})

    assert (result["rotation_status"], result["version"]) == ("rolled_back", 1)
    assert "status 401" in result["reason"]
    assert workspace.value("api_key") == "old-value"


@pytest.mark.parametrize(
    ("rolls_back", "status", "value"), [(True, "rolled_back", "old-value"), (False, "failed", NEW)]
)
def test_without_zero_downtime_the_test_comes_last(
    workspace: Workspace, peers: Peers, rolls_back: bool, status: str, value: str
) -> None:
    peers.hold(PATH, value=NEW)

    result = workspace.rotate(
        **BASIC,
        zero_downtime=False,
        rollback_on_failure=rolls_back,
        test_request={"url": "https://service.test/me"},
    )

    assert (result["rotation_status"], workspace.value("api_key")) == (status, value)


def test_a_test_that_passes_is_said(workspace: Workspace, peers: Peers) -> None:
    peers.hold(PATH, value=NEW)
    peers.taken = {NEW}

    result = workspace.rotate(**BASIC, test_request={"url": "https://service.test/me"})

    assert (result["rotation_status"], result["tested"]) == ("success", True)


def test_a_repeated_step_rotates_once(workspace: Workspace, peers: Peers) -> None:
    peers.hold(PATH, value=NEW)
    first = workspace.rotate(rotation_policy="on_demand", **{**BASIC, "refresh_sources": ["local"]})
    value = workspace.value("api_key")

    again = workspace.rotate(rotation_policy="on_demand", **{**BASIC, "refresh_sources": ["local"]})

    assert again["version"] == first["version"] == 2
    assert workspace.value("api_key") == value


def test_two_at_once_are_one(workspace: Workspace, peers: Peers) -> None:
    peers.hold(PATH, value=NEW)
    (workspace.folder / "state").mkdir()
    handle = os.open(workspace.folder / "state" / "rotation.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(handle, fcntl.LOCK_EX)

    assert workspace.rotate(**BASIC)["rotation_status"] == "in_progress"
    os.close(handle)
    assert workspace.rotate(**BASIC)["rotation_status"] == "success"


def test_who_writes_a_newer_value_by_hand_is_heard(workspace: Workspace, peers: Peers) -> None:
    peers.hold(PATH, value=NEW)
    workspace.rotate(**BASIC)
    workspace.write(api_key={"value": "by-hand", "expires_at": soon(days=9)}, vault=vault_entry())

    assert workspace.value("api_key") == "by-hand"


def test_secrets_of_a_provider_cannot_be_rotated(workspace: Workspace) -> None:
    workspace.secrets, workspace.provided = script_secrets({"api_key": "old-value"}, None), True

    result = workspace.rotate(**BASIC)

    assert (result["rotation_status"], result["code"]) == ("failed", "nothing_to_rotate")


def test_who_is_to_be_told_is_told_and_what_is_not_taken_stands_in_the_audit(
    workspace: Workspace, peers: Peers
) -> None:
    peers.hold(PATH, value=NEW)

    workspace.rotate(
        **BASIC,
        notification_webhooks=["https://alerts.test/hook"],
        notification_emails=["devops@company.com"],
    )

    assert ("POST", "https://alerts.test/hook") in [call[:2] for call in peers.calls]
    [missed] = [entry for entry in workspace.lines("audit.jsonl") if entry["action"] == "credential.not_told"]
    assert "devops@company.com" in missed["reason"]


def test_a_damaged_state_is_an_error_and_not_a_lost_value(workspace: Workspace) -> None:
    (workspace.folder / "state").mkdir()
    (workspace.folder / "state" / "credentials.json").write_text("{", "utf-8")

    with pytest.raises(NodeError, match="is not JSON"):
        workspace.rotate(**BASIC)
    (workspace.folder / "state" / "credentials.json").unlink()
    assert workspace.rotate(**BASIC)["rotation_status"] == "failed"  # and no longer under way


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"credential_name": ""}, "credential_name"),
        ({"rotation_policy": "scheduled"}, "needs schedule_cron"),
        ({"schedule_cron": "0 2 * * 1"}, "only for the policy 'scheduled'"),
        ({"rotation_policy": "scheduled", "schedule_cron": "0 2 * *"}, "4 fields"),
        ({"rollback_on_failure": False}, "rollback_on_failure cannot be off"),
        ({"check_interval": 1}, "check_interval"),
        ({"refresh_sources": ["paper"]}, "refresh_sources"),
        ({"refresh_config": {"vault": {"path": "../sys"}}}, "a path begins with"),
        ({"refresh_config": {"vault": {"path": "secret/../../sys/raw"}}}, "a path begins with"),
        ({"refresh_config": {"vault": {"path": "auth/token/lookup-self"}}}, "Vault's own"),
        ({"notification_webhooks": ["ftp://x"]}, "http:// and https://"),
        ({"notification_emails": ["nobody"]}, "write one e-mail address"),
        ({"zero_down_time": True}, "zero_down_time"),
    ],
)
def test_what_cannot_be_is_an_error_when_it_is_placed(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ParameterError) as caught:
        RotatingCredentialNode(**{**BASIC, **change})

    assert words in str(caught.value)


def test_the_guide_s_nodes_are_accepted() -> None:
    RotatingCredentialNode(name="api_rotator", **{**BASIC, "refresh_sources": ["vault", "aws_secrets"]})
    RotatingCredentialNode(
        operation="start_rotation",
        credential_name="production_api_key",
        check_interval=1800,
        expiration_threshold=172800,
        rotation_policy="proactive",
        refresh_sources=["vault", "aws_secrets", "azure_key_vault"],
        refresh_config={
            "vault": {"path": "secret/prod/api-keys"},
            "aws_secrets": {"region": "us-east-1"},
            "azure_key_vault": {"vault_url": "https://company-kv.vault.azure.net/"},
        },
        zero_downtime=True,
        rollback_on_failure=True,
        notification_webhooks=["https://alerts.company.com/webhook"],
        notification_emails=["devops@company.com"],
        audit_log_enabled=True,
    )
    RotatingCredentialNode(
        operation="start_rotation",
        credential_name="weekly_api_key",
        rotation_policy="scheduled",
        schedule_cron="0 2 * * 1",
        zero_downtime=True,
    )
