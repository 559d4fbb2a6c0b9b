"""Passwords of real PostgreSQL roles are rotated: one role, or a pair that takes turns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync

from accounts.models import Tenant, User
from runtime.credentials.redactor import Redactor
from runtime.credentials.revealed import Revealed
from runtime.models import Credential, CredentialLease, CredentialRotation
from runtime.rotation.performing import rotate
from runtime.rotation.settings import RotationSettings
from runtime.services.credentials import create_credential, reveal_version
from runtime.services.rotation_upkeep import finish_rotations
from runtime.services.rotations import Rotations
from tests.people import make_tenant, make_user
from tests.role_server import ADMIN, ADMIN_PASSWORD, RoleServer, role_server
from tests.unit.rotation.conftest import Peers

pytestmark = pytest.mark.django_db(transaction=True)

FIRST = "first-password"
PAIR: dict[str, Any] = {
    "strategy": "alternating",
    "rotator": {"kind": "postgresql", "admin": "admin", "roles": ["app_a", "app_b"]},
    "retire_after": 0,
}
ALONE: dict[str, Any] = {"rotator": {"kind": "postgresql"}, "zero_downtime": False, "retire_after": 0}


@pytest.fixture(scope="module")
def shared() -> Iterator[RoleServer]:
    with role_server() as found:
        yield found


@pytest.fixture
def server(shared: RoleServer, settings: Any) -> RoleServer:
    settings.EGRESS_ALLOW = f"127.0.0.1:{shared.port}"
    shared.make_roles(app_a=FIRST, app_b="never-used-one")
    return shared


@pytest.fixture
def tenant(db: None) -> Tenant:
    return make_tenant()


@pytest.fixture
def editor(tenant: Tenant) -> User:
    return make_user(tenant, "editor")


@pytest.fixture
def credential(server: RoleServer, editor: User) -> Credential:
    def make(name: str, user: str, password: str) -> Credential:
        values = server.fields(user, password)
        return create_credential(user=editor, name=name, type="postgresql", description="", values=values)

    make("admin", ADMIN, ADMIN_PASSWORD)
    return make("ledger", "app_a", FIRST)


def perform(user: User, *, key: str = "a", **config: Any) -> dict[str, Any]:
    desk = Rotations(tenant_id=user.tenant_id, principal_id=user.pk, redactor=Redactor())  # type: ignore[arg-type]
    settings = RotationSettings(**{"credential_name": "ledger", "rotation_policy": "on_demand", **config})
    result: dict[str, Any] = async_to_sync(rotate)(settings, desk, Peers(), key=key)
    return result


def in_force(credential: Credential) -> Revealed:
    credential.refresh_from_db()
    return reveal_version(credential, credential.version)


def opens(server: RoleServer, found: Revealed) -> bool:
    return server.takes(str(found.fields["username"]), found.secret("password").reveal())


def test_a_pair_takes_turns_and_the_one_in_force_is_never_touched(
    server: RoleServer, editor: User, credential: Credential
) -> None:
    before = in_force(credential)

    result = perform(editor, **PAIR)

    new = in_force(credential)
    assert (result["rotation_status"], result["tested"]) == ("success", True)
    assert (new.fields["username"], new.version) == ("app_b", 2)
    assert opens(server, new)
    assert opens(server, before)  # until it is retired
    assert finish_rotations() == 1
    assert not opens(server, before)
    assert opens(server, new)

    assert perform(editor, key="b", **PAIR)["rotation_status"] == "success"
    assert in_force(credential).fields["username"] == "app_a"
    row = CredentialRotation.objects.order_by("started_at").first()
    assert row is not None
    assert [each["step"] for each in row.steps] == ["create", "set", "test", "finish", "retire"]


def test_the_value_before_is_ended_once_nobody_holds_it(
    server: RoleServer, editor: User, credential: Credential
) -> None:
    before = in_force(credential)
    now = datetime.now(UTC)
    lease = CredentialLease.objects.create(
        credential=credential, version=1, purpose="run", at=now, until=now + timedelta(minutes=1)
    )
    perform(editor, **PAIR)

    finish_rotations()
    waiting = perform(editor, key="b", **PAIR)

    assert opens(server, before)
    assert waiting["rotation_status"] == "in_progress"
    assert "held by one step" in waiting["reason"]
    lease.delete()
    assert perform(editor, key="c", **PAIR)["rotation_status"] == "success"
    assert not opens(server, before)


def test_one_role_alters_its_own_password(server: RoleServer, editor: User, credential: Credential) -> None:
    result = perform(editor, **ALONE)

    assert result["rotation_status"] == "success"
    assert opens(server, in_force(credential))
    assert not server.takes("app_a", FIRST)


@pytest.mark.parametrize("config", [PAIR, ALONE | {"rotator": {"kind": "postgresql", "admin": "admin"}}])
def test_a_failed_test_takes_everything_back(
    server: RoleServer, editor: User, credential: Credential, config: dict[str, Any]
) -> None:
    result = perform(editor, **config, test_request={"url": "https://service.test/me"})

    assert result["rotation_status"] == "rolled_back"
    assert "proves no HTTP request" in result["reason"]
    assert in_force(credential).version == 1
    assert server.takes("app_a", FIRST)
    new = reveal_version(credential, 2)
    assert not opens(server, new)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"zero_downtime": True}, "one password at a time"),
        ({"strategy": "alternating", "rotator": {"kind": "postgresql"}}, "needs two roles"),
        ({"rotator": {"kind": "postgresql", "admin": "nobody"}}, "There is no credential 'nobody'"),
    ],
)
def test_what_cannot_be_rotated_so_fails_with_its_reason(
    server: RoleServer, editor: User, credential: Credential, change: dict[str, Any], reason: str
) -> None:
    result = perform(editor, **{**ALONE, **change})

    assert result["rotation_status"] in ("failed", "rolled_back")
    assert reason in result["reason"]
    assert server.takes("app_a", FIRST)
