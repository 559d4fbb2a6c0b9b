"""A credential's rotation by its page: set up, asked for, taken back, and what it would touch."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry, Tenant, User
from runtime.models import Credential, CredentialRotation, Outbox, RotationPolicy
from runtime.services.credentials import change_credential, create_credential, reveal_version
from runtime.services.rotation_upkeep import finish_rotations
from tests.api.driven import make
from tests.contract import Api

pytestmark = pytest.mark.django_db(transaction=True)

OLD = "old-token-value"
HERE: dict[str, Any] = {"rotator": {"kind": "generated"}, "rotation_policy": "on_demand"}


@pytest.fixture
def credential(editor: User) -> Credential:
    return create_credential(
        user=editor, name="bureau", type="bearer_token", description="", values={"token": OLD}
    )


@pytest.fixture
def address(credential: Credential) -> str:
    return f"credentials/{credential.pk}/rotation/"


def value(credential: Credential) -> str:
    credential.refresh_from_db()
    return reveal_version(credential, credential.version).secret("token").reveal()


def test_it_is_set_up_renewed_and_taken_back(
    tenant: Tenant, api: Api, credential: Credential, address: str
) -> None:
    policy = api.put(address, {"settings": HERE}).json()["policy"]
    assert (policy["rotator"], policy["next_at"]) == ("generated", None)

    asked = api.post(address, {})
    assert (asked.status_code, asked.json()["rotations"][0]["status"]) == (202, "in_progress")
    assert api.post(address, {}).json()["code"] == "rotation_under_way"
    assert finish_rotations() == 1

    [done] = api.get(address).json()["rotations"]
    new = value(credential)
    assert (done["status"], done["can_roll_back"], credential.version) == ("success", True, 2)
    assert [step["step"] for step in done["steps"]] == ["create", "set", "test", "finish"]
    assert new != OLD

    assert api.post(f"{address}rollback/", {}).status_code == 202
    finish_rotations()
    [back] = api.get(address).json()["rotations"]
    assert (back["status"], back["reason"][:14], value(credential)) == ("rolled_back", "Rolled back by", OLD)
    assert api.post(f"{address}rollback/", {}).json()["code"] == "nothing_to_roll_back"
    told = AuditEntry.objects.filter(tenant=tenant).values_list("action", flat=True)
    assert {"credential.ask_for_rotation", "credential.rotate", "credential.roll_back"} <= set(told)
    assert new not in str([done, back, list(AuditEntry.objects.values_list("after", flat=True))])


def test_who_entered_a_value_since_is_not_rolled_back(
    api: Api, editor: User, credential: Credential, address: str
) -> None:
    api.put(address, {"settings": HERE})
    api.post(address, {})
    finish_rotations()
    change_credential(credential, user=editor, values={"token": "by-hand"})

    assert api.post(f"{address}rollback/", {}).json()["code"] == "nothing_to_roll_back"
    assert value(credential) == "by-hand"


def test_nothing_is_renewed_before_somebody_says_how(api: Api, address: str) -> None:
    assert api.post(address, {}).json()["code"] == "no_rotation_policy"
    assert api.get(f"{address}impact/").json()["refused"] == "Nobody has said how it is renewed."


def test_what_it_would_do_and_touch_is_told_and_nothing_is_done(
    api: Api, viewer_api: Api, credential: Credential, address: str
) -> None:
    config = {"url": "https://bureau.test", "credential": {"name": "bureau"}}
    graph = {"nodes": [{"id": "call", "type": "HTTPRequestNode", "config": config}], "connections": []}
    workflow = make(api, graph)
    api.post(f"{workflow}publish/", {})
    api.put(address, {"settings": {**HERE, "retire_after": 1800}})

    impact = viewer_api.get(f"{address}impact/").json()

    assert (impact["refused"], len(impact["workflows"]), impact["running"]) == (None, 1, 0)
    assert [step["step"] for step in impact["plan"]] == ["create", "set", "test", "finish", "retire"]
    assert "Version 1 is ended after 30 min" in impact["plan"][-1]["words"]
    assert CredentialRotation.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rotator": {"kind": "postgresql"}}, "settings.zero_downtime"),
        ({"rotator": {"kind": "http", "set_call": {"url": "https://x.test"}}}, "settings.zero_downtime"),
        ({"strategy": "alternating"}, "settings.strategy"),
        ({"rotator": {"kind": "paper"}}, "settings.rotator"),
        ({"rotation_policy": "scheduled"}, "settings"),
        ({"credential": "x"}, "settings.credential"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    api: Api, address: str, change: dict[str, Any], field: str
) -> None:
    answer = api.put(address, {"settings": {**HERE, **change}})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_who_may_not_change_it_rotates_nothing(viewer_api: Api, api: Api, address: str) -> None:
    api.put(address, {"settings": HERE})

    assert viewer_api.post(address, {}).status_code == 403
    assert viewer_api.post(f"{address}rollback/", {}).status_code == 403
    assert viewer_api.put(address, {"settings": HERE}).status_code == 403


def test_who_lost_the_right_meanwhile_rotates_nothing(
    api: Api, editor: User, credential: Credential, address: str
) -> None:
    api.put(address, {"settings": HERE})
    api.post(address, {})
    editor.groups.clear()
    editor.is_active = False
    editor.save()

    finish_rotations()

    row = CredentialRotation.objects.get()
    assert (row.status, value(credential)) == ("failed", OLD)
    assert "may not do that" in (row.result or {})["reason"]


def test_a_webhook_of_a_rotation_names_what_signs_it(api: Api, credential: Credential, address: str) -> None:
    told = {"notification_webhooks": ["https://alerts.test/hook"], "notification_signing": "signer"}
    api.put(address, {"settings": {**HERE, **told, "notification_emails": ["devops@company.com"]}})
    api.post(address, {})

    finish_rotations()

    rows = Outbox.objects.order_by("channel")
    assert [(row.channel, row.credential) for row in rows] == [("email", ""), ("webhook", "signer")]
    assert all(row.principal_id is not None for row in rows)


def test_a_policy_looks_by_itself_and_says_what_came_of_it(
    api: Api, credential: Credential, address: str
) -> None:
    from runtime.services.rotation_policies import look_after_credentials

    Credential.objects.filter(pk=credential.pk).update(expires_at=datetime.now(UTC) + timedelta(hours=1))
    api.put(address, {"settings": {"rotator": {"kind": "generated", "valid_for_s": 86400}}})
    RotationPolicy.objects.update(next_at=datetime.now(UTC))

    assert look_after_credentials() == 1

    policy = api.get(address).json()["policy"]
    assert (policy["last_status"], policy["rotator"]) == ("success", "generated")
    assert value(credential) != OLD
    assert credential.expires_at is not None


def test_a_step_that_asks_what_its_credential_cannot_do_is_refused_when_it_is_saved(
    api: Api, credential: Credential, address: str
) -> None:
    alone = {"rotator": {"kind": "http", "set_call": {"url": "https://x.test"}}, "zero_downtime": False}
    api.put(address, {"settings": alone})
    workflow = make(api, {"nodes": [], "connections": []})

    def problems(name: str, **config: Any) -> list[str]:
        node = {"id": "rotate", "type": "RotatingCredentialNode"}
        graph = {"nodes": [{**node, "config": {"credential_name": name, **config}}], "connections": []}
        found = api.post(f"{workflow}validate/", {"graph": graph}).json()["problems"]
        return [problem["field"] for problem in found if problem["code"] == "cannot_rotate_so"]

    assert problems("bureau") == ["config.zero_downtime"]
    assert problems("bureau", zero_downtime=False) == []
    assert problems("nobody", rotator={"kind": "postgresql"}) == []  # it fails when it runs, and says why
