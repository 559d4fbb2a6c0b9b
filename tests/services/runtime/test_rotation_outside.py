"""Secrets that Vault, AWS and Azure keep are read and rotated by the server's own desk."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from asgiref.sync import async_to_sync

from accounts.models import AuditEntry, Tenant, User
from runtime.credentials.redactor import Redactor
from runtime.credentials.revealed import Revealed
from runtime.models import Credential, CredentialRotation
from runtime.net.client import GuardedHttpClient
from runtime.net.egress import EgressPolicy
from runtime.rotation.performing import rotate
from runtime.rotation.settings import RotationSettings
from runtime.services.credentials import create_credential, reveal_version
from runtime.services.rotation_upkeep import finish_rotations
from runtime.services.rotations import Rotations
from tests.people import make_tenant, make_user
from tests.role_server import ADMIN, ADMIN_PASSWORD, RoleServer, role_server
from tests.secret_stores.azure import Azure
from tests.secret_stores.moto import Moto
from tests.secret_stores.openbao import OpenBao, Refused
from tests.secret_stores.stores import AtAws, InAzure, InVault, Store

pytestmark = pytest.mark.django_db(transaction=True)

OLD = "the-value-so-far"
_numbers = count(1)


@pytest.fixture
def tenant(db: None) -> Tenant:
    return make_tenant()


@pytest.fixture
def editor(tenant: Tenant) -> User:
    return make_user(tenant, "editor")


@pytest.fixture
def stores(
    openbao: OpenBao, moto: Moto, azure: Azure, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Store]:
    settings.EGRESS_ALLOW = "127.0.0.1"
    monkeypatch.setenv("SSL_CERT_FILE", str(azure.ca_file))
    return {"vault": InVault(openbao), "aws": AtAws(moto), "azure": InAzure(azure)}


@pytest.fixture(params=["vault", "aws", "azure"])
def store(request: pytest.FixtureRequest, stores: dict[str, Store]) -> Store:
    return stores[request.param]


def keep(user: User, opened: Revealed) -> None:
    """What opens a store, as a credential."""
    values = {**opened.fields, **{name: secret.reveal() for name, secret in opened.secrets.items()}}
    create_credential(user=user, name=opened.name, type=opened.type, description="", values=values)


def kept_in(store: Store, user: User) -> Credential:
    """A credential whose value is in the store, too."""
    name = f"server-{next(_numbers)}"
    store.put(name, OLD)
    keep(user, store.opener())
    return create_credential(user=user, name=name, type="secret", description="", values={"value": OLD})


def perform(user: User, name: str, *, key: str = "a", **config: Any) -> dict[str, Any]:
    desk = Rotations(tenant_id=user.tenant_id, principal_id=user.pk, redactor=Redactor())  # type: ignore[arg-type]
    wanted = {"credential_name": name, "rotation_policy": "on_demand", "retire_after": 0, **config}
    http = GuardedHttpClient(EgressPolicy.from_text("127.0.0.1"))

    async def rotated() -> dict[str, Any]:
        try:
            return await rotate(RotationSettings.model_validate(wanted), desk, http, key=key)
        finally:
            await http.aclose()

    return async_to_sync(rotated)()


def in_force(credential: Credential, field: str = "value") -> str:
    credential.refresh_from_db()
    return reveal_version(credential, credential.version).secret(field).reveal()


def test_a_kept_secret_is_rotated_there_and_here(store: Store, editor: User) -> None:
    credential = kept_in(store, editor)

    result = perform(editor, credential.name, rotator=dict(store.place(credential.name)))

    new = in_force(credential)
    assert (result["rotation_status"], result["version"]) == ("success", 2)
    assert store.current(credential.name) == new != OLD
    assert store.has_previous(credential.name, OLD)
    assert finish_rotations() == 1
    assert not store.has_previous(credential.name, OLD)
    told = [result, list(AuditEntry.objects.values("reason", "after", "before"))]
    rows = list(CredentialRotation.objects.values("result", "steps", "reference"))
    assert [value for value in (OLD, new) if value in json.dumps([told, rows], default=str)] == []


def closed_to_all(openbao: OpenBao) -> dict[str, str]:
    """A test that no new value passes: it is no token of this Vault."""
    return {"url": f"{openbao.address}/v1/secret/data/any"}


def test_a_new_value_that_fails_its_test_is_taken_back_there_and_here(
    store: Store, editor: User, openbao: OpenBao
) -> None:
    credential = kept_in(store, editor)
    place = dict(store.place(credential.name))

    result = perform(editor, credential.name, rotator=place, test_request=closed_to_all(openbao))

    assert (result["rotation_status"], result["version"]) == ("rolled_back", 1)
    assert in_force(credential) == store.current(credential.name) == OLD


def test_a_store_that_has_another_value_is_left_alone(store: Store, editor: User) -> None:
    credential = kept_in(store, editor)
    store.put(credential.name, "by-another-hand")

    result = perform(editor, credential.name, rotator=dict(store.place(credential.name)))

    assert result["rotation_status"] == "failed"
    assert "somebody changed it" in result["reason"]
    assert (in_force(credential), store.current(credential.name)) == (OLD, "by-another-hand")


def test_sources_are_asked_in_order_and_each_says_why_it_has_none(
    stores: dict[str, Store], openbao: OpenBao, editor: User
) -> None:
    vault, aws, azure = stores["vault"], stores["aws"], stores["azure"]
    name = "ordered"
    for each in (vault, azure):
        each.put(name, "from-the-store")
    aws.put(name, OLD)
    for opened in (vault.opener(), aws.opener("reader"), azure.opener("reader")):
        keep(editor, opened)
    made = create_credential(user=editor, name=name, type="secret", description="", values={"value": OLD})
    config = {
        "refresh_sources": ["vault", "aws_secrets", "azure_key_vault"],
        "refresh_config": {each.source: dict(each.settings(name)) for each in stores.values()},
    }

    with openbao.sealed():
        result = perform(editor, name, **config)

    assert (result["rotation_status"], result["source"]) == ("success", "azure_key_vault")
    assert [each["source"] for each in result["tried"]] == ["vault", "aws_secrets"]
    assert "sealed" in result["tried"][0]["reason"]
    assert "in force already" in result["tried"][1]["reason"]
    assert in_force(made) == "from-the-store"


# --- Vault's database engine --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def roles() -> Iterator[RoleServer]:
    with role_server() as found:
        yield found


@pytest.fixture(scope="module")
def engine(roles: RoleServer, openbao: OpenBao) -> str:
    """The mount of an engine with the roles `app` (dynamic) and `fixed` (static)."""
    mount = "database-of-roles"
    openbao.enable("database", mount)
    place = f"127.0.0.1:{roles.port}/{roles.fields('', '')['database']}?sslmode=disable"
    openbao.call(
        "POST",
        f"{mount}/config/ledger",
        {
            "plugin_name": "postgresql-database-plugin",
            "connection_url": f"postgresql://{{{{username}}}}:{{{{password}}}}@{place}",
            "allowed_roles": "*",
            "username": ADMIN,
            "password": ADMIN_PASSWORD,
        },
    )
    making = "CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'"
    rules = {"db_name": "ledger", "creation_statements": [making], "default_ttl": "1h", "max_ttl": "2h"}
    openbao.call("POST", f"{mount}/roles/app", rules)
    roles.make_roles(fixed_role="its-first-password")
    static = {"db_name": "ledger", "username": "fixed_role", "rotation_period": "24h"}
    openbao.call("POST", f"{mount}/static-roles/fixed", static)
    return mount


Making = Callable[[str, str], Credential]


@pytest.fixture
def login(roles: RoleServer, openbao: OpenBao, editor: User, settings: Any) -> Making:
    settings.EGRESS_ALLOW = "127.0.0.1"
    rules = 'path "database-of-roles/*" { capabilities = ["read", "update"] }'
    revoking = 'path "sys/leases/revoke" { capabilities = ["update"] }'
    token = openbao.token_for(f"{rules}\n{revoking}")
    create_credential(
        user=editor,
        name="vault",
        type="vault",
        description="",
        values={"address": openbao.address, "token": token},
    )

    def make(user: str, password: str) -> Credential:
        values = roles.fields(user, password)
        return create_credential(user=editor, name="ledger", type="postgresql", description="", values=values)

    return make


def opened_by(roles: RoleServer, credential: Credential, version: int) -> bool:
    found = reveal_version(credential, version)
    return roles.takes(str(found.fields["username"]), found.secret("password").reveal())


def test_a_dynamic_role_gives_a_new_login_that_ends_with_its_lease(
    engine: str, roles: RoleServer, editor: User, login: Making
) -> None:
    roles.make_roles(by_hand="entered-by-hand")
    credential = login("by_hand", "entered-by-hand")

    place = {"kind": "vault_database", "mount": engine, "role": "app"}
    result = perform(editor, "ledger", rotator=place)

    credential.refresh_from_db()
    assert (result["rotation_status"], result["tested"]) == ("success", True)
    assert str(reveal_version(credential, 2).fields["username"]).startswith("v-")
    assert opened_by(roles, credential, 2)
    assert opened_by(roles, credential, 1)
    assert result["expires_at"] is not None
    assert credential.expires_at is not None


def test_a_login_that_fails_its_test_is_revoked(
    engine: str, roles: RoleServer, editor: User, login: Making, openbao: OpenBao
) -> None:
    roles.make_roles(by_hand="entered-by-hand")
    credential = login("by_hand", "entered-by-hand")
    place = {"kind": "vault_database", "mount": engine, "role": "app"}
    before = leases(openbao, engine)

    result = perform(editor, "ledger", rotator=place, test_request=closed_to_all(openbao))

    assert result["rotation_status"] == "rolled_back"
    assert in_force(credential, "password") == "entered-by-hand"
    assert leases(openbao, engine) == before
    assert not opened_by(roles, credential, 2)


def test_a_static_role_changes_its_password_and_a_repetition_takes_up_what_it_has(
    engine: str, roles: RoleServer, editor: User, login: Making, openbao: OpenBao
) -> None:
    now = openbao.call("GET", f"{engine}/static-creds/fixed")["data"]["password"]
    credential = login("fixed_role", now)
    place = {"kind": "vault_database", "mount": engine, "role": "fixed", "role_kind": "static"}

    result = perform(editor, "ledger", rotator=place, zero_downtime=False)
    assert result["rotation_status"] == "success"
    assert in_force(credential, "password") != now
    assert (opened_by(roles, credential, 1), opened_by(roles, credential, 2)) == (False, True)

    openbao.call("POST", f"{engine}/rotate-role/fixed")
    changed = openbao.call("GET", f"{engine}/static-creds/fixed")["data"]["password"]
    assert perform(editor, "ledger", key="b", rotator=place, zero_downtime=False)["version"] == 3
    assert in_force(credential, "password") == changed


def test_a_static_role_is_not_rotated_without_a_gap(editor: User, login: Making) -> None:
    login("fixed_role", "any-password")
    place = {"kind": "vault_database", "role": "fixed", "role_kind": "static"}

    result = perform(editor, "ledger", rotator=place)

    assert (result["rotation_status"], result["code"]) == ("failed", "cannot_rotate_so")
    assert "one password at a time" in result["reason"]


def leases(openbao: OpenBao, mount: str) -> list[str]:
    try:
        found: list[str] = openbao.call("LIST", f"sys/leases/lookup/{mount}/creds/app")["data"]["keys"]
    except Refused:
        return []
    return sorted(found)
