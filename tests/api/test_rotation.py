"""RotatingCredentialNode on the server: versions, policies, the audit, and who may."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from asgiref.sync import async_to_sync

from accounts.models import AuditEntry, Tenant, User
from runtime.credentials.redactor import Redactor
from runtime.host.host import RunHost
from runtime.models import Credential, CredentialRotation, CredentialVersion, Outbox, RotationPolicy
from runtime.rotation.performing import rotate
from runtime.rotation.settings import RotationSettings
from runtime.services.credentials import change_credential, create_credential, reveal_version
from runtime.services.rotation_claims import LEASE
from runtime.services.rotation_policies import look_after_credentials
from runtime.services.rotations import Rotations
from tests.api.driven import finished, make
from tests.contract import Api
from tests.people import make_user
from tests.unit.rotation.conftest import TOKEN, VAULT, Peers

pytestmark = pytest.mark.django_db(transaction=True)

OLD, NEW = "old-token-value", "new-token-value"
PATH = "secret/data/api_key"


class Killed(BaseException):
    """The process is gone at this point."""


@pytest.fixture
def credential(editor: User) -> Credential:
    create_credential(
        user=editor,
        name="vault",
        type="vault",
        description="",
        values={"address": VAULT, "token": TOKEN},
    )
    return make_credential(editor, "api_key")


def make_credential(user: User, name: str) -> Credential:
    return create_credential(
        user=user,
        name=name,
        type="bearer_token",
        description="",
        values={"token": OLD},
        expires_at=datetime.now(UTC) + timedelta(hours=1),
    )


@pytest.fixture
def peers() -> Peers:
    found = Peers()
    found.hold(PATH, value=NEW)
    return found


def perform(user: User | None, tenant: Tenant, peers: Peers, *, key: str = "run/step", **config: Any) -> Any:
    desk = Rotations(tenant_id=tenant.pk, principal_id=None if user is None else user.pk, redactor=Redactor())
    settings = RotationSettings(**{"credential_name": "api_key", **config})
    return async_to_sync(rotate)(settings, desk, peers, key=key)


def in_force(credential: Credential) -> tuple[int, str]:
    credential.refresh_from_db()
    revealed = reveal_version(credential, credential.version)
    return credential.version, revealed.secret("token").reveal()


def told(tenant: Tenant) -> list[str]:
    return list(AuditEntry.objects.filter(tenant=tenant).order_by("id").values_list("action", flat=True))


def test_a_due_credential_gets_a_new_version_and_the_one_before_is_kept(
    tenant: Tenant, editor: User, credential: Credential, peers: Peers
) -> None:
    result = perform(editor, tenant, peers)

    assert (result["rotation_status"], result["previous_version"], result["version"]) == ("success", 1, 2)
    assert in_force(credential) == (2, NEW)
    assert reveal_version(credential, 1).secret("token").reveal() == OLD
    assert told(tenant)[-2:] == ["credential.rotate", "credential.rotation_policy"]
    stored = json.dumps([result, *AuditEntry.objects.values_list("after", flat=True)])
    assert [secret for secret in (OLD, NEW, TOKEN) if secret in stored] == []


@pytest.mark.parametrize("step", ["propose", "reach", "put_in_force", "withdraw", "end", "note"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_anywhere_one_version_is_in_force_and_the_step_goes_on(
    tenant: Tenant,
    editor: User,
    credential: Credential,
    peers: Peers,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    when: str,
) -> None:
    for number, (zero_downtime, passes) in enumerate(product((True, False), repeat=2)):
        name = f"key_{number}"
        one = make_credential(editor, name)
        peers.hold(f"secret/data/{name}", value=NEW)
        peers.taken = {NEW} if passes else {OLD}
        config: dict[str, Any] = {
            "zero_downtime": zero_downtime,
            "test_request": {"url": "https://service.test/me"},
        }
        config |= {"credential_name": name, "key": name}
        with monkeypatch.context() as patch:
            patch.setattr(Rotations, step, dying(getattr(Rotations, step), when))
            try:
                perform(editor, tenant, peers, **config)
            except Killed:
                assert in_force(one)[1] in (OLD, NEW)

        result = perform(editor, tenant, peers, **config)

        expected = ("success", NEW) if passes else ("rolled_back", OLD)
        assert (result["rotation_status"], in_force(one)[1]) == expected
        assert CredentialRotation.objects.filter(ended_at=None).count() == 0
        assert CredentialVersion.objects.filter(credential=one).count() == 2
        assert RotationPolicy.objects.filter(credential=one).count() == 1


def dying(step: Any, when: str) -> Any:
    async def call(*args: Any, **kwargs: Any) -> Any:
        if when == "after":
            await step(*args, **kwargs)
        raise Killed

    return call


def test_another_rotation_waits_for_the_lease_and_then_brings_the_first_to_its_end(
    tenant: Tenant, editor: User, credential: Credential, peers: Peers, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Rotations, "end", dying(Rotations.end, "before"))
        perform(editor, tenant, peers, key="first")

    assert perform(editor, tenant, peers, key="second")["rotation_status"] == "in_progress"
    CredentialRotation.objects.filter(ended_at=None).update(lease_until=datetime.now(UTC) - LEASE)
    assert perform(editor, tenant, peers, key="second")["rotation_status"] == "not_due"
    assert in_force(credential)[1] == NEW
    assert list(CredentialRotation.objects.values_list("status", flat=True)) == ["success"]


def test_who_changes_it_by_hand_meanwhile_is_heard(
    tenant: Tenant, editor: User, credential: Credential, peers: Peers, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_in_force = Rotations.put_in_force

    async def late(self: Rotations, attempt: Any) -> None:
        values = {"token": "entered-by-hand"}
        await asyncio.to_thread(change_credential, credential, user=editor, values=values)
        await put_in_force(self, attempt)

    monkeypatch.setattr(Rotations, "put_in_force", late)

    result = perform(editor, tenant, peers)

    assert (result["rotation_status"], result["code"]) == ("failed", "credential_changed")
    assert in_force(credential) == (3, "entered-by-hand")


def test_a_credential_that_is_deleted_meanwhile_ends_its_rotation(
    tenant: Tenant, editor: User, credential: Credential, peers: Peers, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_in_force = Rotations.put_in_force

    async def late(self: Rotations, attempt: Any) -> None:
        await asyncio.to_thread(credential.delete)
        await put_in_force(self, attempt)

    monkeypatch.setattr(Rotations, "put_in_force", late)

    result = perform(editor, tenant, peers)

    assert (result["rotation_status"], result["code"]) == ("failed", "unknown_credential")
    assert "was deleted meanwhile" in result["reason"]
    assert CredentialRotation.objects.count() == 0


def test_who_may_not_change_credentials_rotates_none(
    tenant: Tenant, credential: Credential, peers: Peers
) -> None:
    for who in (make_user(tenant, "analyst"), None):
        result = perform(who, tenant, peers)

        assert (result["rotation_status"], result["code"]) == ("failed", "credential_refused")
    assert in_force(credential) == (1, OLD)
    assert RotationPolicy.objects.count() == 0
    assert peers.calls == []


def test_another_workspace_s_credential_is_not_there(credential: Credential, peers: Peers, db: None) -> None:
    from tests.people import make_tenant

    other = make_tenant("Other")

    assert perform(make_user(other, "owner"), other, peers)["code"] == "unknown_credential"


def test_a_value_that_fits_no_header_is_not_stored(
    tenant: Tenant, editor: User, credential: Credential, peers: Peers
) -> None:
    peers.hold(PATH, value="two\nlines")

    result = perform(editor, tenant, peers)

    assert (result["rotation_status"], in_force(credential)) == ("failed", (1, OLD))
    assert "bearer token" in result["reason"]
    assert "lines" not in json.dumps(result).replace("line break", "")


def test_who_is_to_be_told_is_told_once_and_by_the_outbox(
    tenant: Tenant, editor: User, credential: Credential, peers: Peers
) -> None:
    config: dict[str, Any] = {
        "notification_webhooks": ["https://alerts.company.com/webhook"],
        "notification_emails": ["devops@company.com"],
    }
    perform(editor, tenant, peers, **config)
    rows = Outbox.objects.order_by("channel")
    assert [(row.channel, row.event) for row in rows] == [
        ("email", "credential_rotated"),
        ("webhook", "credential_rotated"),
    ]
    from runtime.notices.messages import subject_of, text_of

    assert subject_of(rows[0].payload) == "Credential renewed: api_key"
    assert "in force" in text_of(rows[0].payload)

    Outbox.objects.all().delete()
    peers.secrets.clear()
    for number in range(3):
        Credential.objects.filter(pk=credential.pk).update(expires_at=datetime.now(UTC))
        perform(editor, tenant, peers, key=f"again {number}", **config)
    assert Outbox.objects.count() == 2  # the same failure is told once


def test_upkeep_goes_on_looking_in_the_name_of_who_set_it_up(
    tenant: Tenant, editor: User, credential: Credential, peers: Peers, monkeypatch: pytest.MonkeyPatch
) -> None:
    Credential.objects.filter(pk=credential.pk).update(expires_at=datetime.now(UTC) + timedelta(days=9))
    result = perform(editor, tenant, peers, check_interval=600)
    assert result["rotation_status"] == "not_due"
    policy = RotationPolicy.objects.get(credential=credential)
    assert datetime.fromisoformat(result["next_check_at"]) == policy.next_at
    assert look_after_credentials() == 0

    Credential.objects.filter(pk=credential.pk).update(expires_at=datetime.now(UTC) + timedelta(hours=2))
    RotationPolicy.objects.update(next_at=datetime.now(UTC))
    monkeypatch.setattr("runtime.services.rotation_policies.open_http", lambda: peers)
    assert look_after_credentials() == 1

    policy.refresh_from_db()
    assert (policy.last_status, in_force(credential)) == ("success", (2, NEW))
    assert policy.next_at > datetime.now(UTC) + timedelta(minutes=9)

    editor.delete()
    Credential.objects.filter(pk=credential.pk).update(expires_at=datetime.now(UTC))
    RotationPolicy.objects.update(next_at=datetime.now(UTC))
    assert look_after_credentials() == 1
    policy.refresh_from_db()
    assert policy.last_status == "failed"
    assert "nobody" in policy.last_reason


def test_a_run_rotates_and_its_policy_is_shown_and_ended(
    tenant: Tenant, editor: User, api: Api, viewer_api: Api, credential: Credential, host: RunHost
) -> None:
    config = {"credential_name": "api_key", "refresh_sources": ["vault", "local"]}
    graph = {
        "nodes": [{"id": "rotate", "type": "RotatingCredentialNode", "config": config}],
        "connections": [],
    }
    address = make(api, graph)

    run = finished(api, api.post(f"{address}runs/", {}), host)

    result = api.get(f"runs/{run['id']}/nodes/rotate/").json()["outputs"]["result"]
    assert (result["rotation_status"], result["source"]) == ("success", "local")
    assert "egress" in result["tried"][0]["reason"].lower() or "Vault" in result["tried"][0]["reason"]
    state = viewer_api.get(f"credentials/{credential.pk}/rotation/").json()
    assert state["policy"]["refresh_sources"] == ["vault", "local"]
    assert [(item["status"], item["is_in_force"]) for item in state["rotations"]] == [("success", True)]
    assert viewer_api.delete(f"credentials/{credential.pk}/rotation/").status_code == 403
    assert api.delete(f"credentials/{credential.pk}/rotation/").status_code == 204
    assert api.get(f"credentials/{credential.pk}/rotation/").json()["policy"] is None
    assert told(tenant)[-1] == "credential.end_rotation_policy"
    token = reveal_version(Credential.objects.get(pk=credential.pk), 2).secret("token").reveal()
    assert token not in json.dumps([state, result])


def test_when_it_expires_is_entered_kept_and_cleared(api: Api) -> None:
    body = {
        "name": "k",
        "type": "secret",
        "values": {"value": "s3cret"},
        "expires_at": "2030-01-01T00:00:00Z",
    }
    made = api.post("credentials/", body).json()
    assert made["expires_at"] == "2030-01-01T00:00:00Z"

    kept = api.patch(f"credentials/{made['id']}/", {"description": "x"}).json()
    assert kept["expires_at"] == made["expires_at"]
    assert api.patch(f"credentials/{made['id']}/", {"expires_at": None}).json()["expires_at"] is None
    assert api.patch(f"credentials/{made['id']}/", {"expires_at": "soon"}).status_code == 422
