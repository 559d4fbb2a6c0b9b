"""Whoever rotates is killed at each step: one version is in force each time, and the rotation ends well.

And a pair of roles is rotated while clients sign in all the time: none of them is refused.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection

from accounts.models import User
from runtime.models import Credential, CredentialLease, CredentialRotation, CredentialVersion
from runtime.rotation.settings import RotationSettings
from runtime.services.credential_leases import holding
from runtime.services.credentials import create_credential, reveal_version
from runtime.services.rotation_requests import ask_for_rotation, set_policy
from runtime.services.rotation_upkeep import finish_rotations
from tests.chaos.hosts import Workers, until
from tests.chaos.report import report
from tests.role_server import ADMIN, ADMIN_PASSWORD, RoleServer, role_server

FIRST = "first-password"
STRATEGIES: dict[str, dict[str, Any]] = {
    "single": {"rotator": {"kind": "postgresql", "admin": "admin"}, "zero_downtime": False},
    "alternating": {
        "rotator": {"kind": "postgresql", "admin": "admin", "roles": ["app_a", "app_b"]},
        "strategy": "alternating",
    },
}
STEPS = (
    *("rotation_create.before", "rotation_create.after", "rotation_set.before", "rotation_set.after"),
    *("rotation_test.before", "rotation_test.after", "rotation_finish.before", "rotation_finish.after"),
    *("rotation_retire.before", "rotation_retire.after"),
)
UNDOING = ("rotation_undo.before", "rotation_undo.after")
IN_EVERY_RUN = {("rotation_set.after", "alternating"), ("rotation_set.after", "single")}
CASES = [
    pytest.param(point, strategy, marks=[] if (point, strategy) in IN_EVERY_RUN else [pytest.mark.chaos])
    for point in (*STEPS, *UNDOING)
    for strategy in STRATEGIES
]


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
def credential(server: RoleServer, user: User) -> Credential:
    def make(name: str, role: str, password: str) -> Credential:
        values = server.fields(role, password)
        return create_credential(user=user, name=name, type="postgresql", description="", values=values)

    make("admin", ADMIN, ADMIN_PASSWORD)
    return make("ledger", "app_a", FIRST)


def ask(credential: Credential, user: User, **config: Any) -> CredentialRotation:
    stated = {"credential_name": "ledger", "rotation_policy": "on_demand", "retire_after": 0, **config}
    set_policy(credential, RotationSettings(**stated), user=user)
    return ask_for_rotation(credential, user=user)


def opens(server: RoleServer, credential: Credential, number: int) -> bool:
    found = reveal_version(credential, number)
    return server.takes(str(found.fields["username"]), found.secret("password").reveal())


def version(credential: Credential) -> int:
    credential.refresh_from_db()
    return credential.version


@pytest.mark.parametrize(("point", "strategy"), CASES)
def test_killed_at_any_step_one_version_is_in_force_and_the_rotation_ends(
    workers: Workers, user: User, server: RoleServer, credential: Credential, point: str, strategy: str
) -> None:
    allow = f"127.0.0.1:{server.port}"
    fails = point in UNDOING
    # The test request of a credential that proves no HTTP request fails each time.
    trial = {"test_request": {"url": "https://service.test/me"}} if fails else {}
    row = ask(credential, user, **STRATEGIES[strategy], **trial)
    if "retire" in point:
        workers.call("finish_rotations", allow)
        assert version(credential) == 2

    code = workers.call("finish_rotations", allow, fault=f"{point}:1=kill")

    assert code == -signal.SIGKILL
    assert version(credential) in (1, 2)
    if strategy == "alternating":  # with one role the value before is gone as soon as the new one is set
        assert opens(server, credential, version(credential))
    for _ in range(2):  # to its end, and then the end of the value before
        CredentialRotation.objects.filter(pk=row.pk).update(
            lease_until=datetime.now(UTC) - timedelta(hours=1)
        )
        assert workers.call("finish_rotations", allow) == 0
    row.refresh_from_db()
    expected = 1 if fails else 2
    assert (row.status, version(credential)) == ("rolled_back" if fails else "success", expected)
    assert opens(server, credential, expected)
    assert not opens(server, credential, 3 - expected)
    assert (row.retired_at is not None) is not fails
    assert CredentialVersion.objects.filter(credential=credential).count() == 2
    assert CredentialRotation.objects.count() == 1
    report().held("one version of a credential is in force, and it opens")


@pytest.mark.parametrize("rotations", [2, pytest.param(16, marks=pytest.mark.chaos)])
def test_a_pair_is_rotated_while_clients_sign_in_and_none_is_refused(
    user: User, server: RoleServer, credential: Credential, transactional_db: None, rotations: int
) -> None:
    clients = [_Client(server, user) for _ in range(3)]
    for client in clients:
        client.start()
    try:
        for number in range(rotations):
            row = ask(credential, user, **STRATEGIES["alternating"])
            until(lambda row=row: _is_over(row), f"rotation {number}", timeout_s=60)  # type: ignore[misc]
    finally:
        for client in clients:
            client.is_over.set()
        for client in clients:
            client.join(30)
        until(lambda: not CredentialLease.objects.exists(), "the end of what the clients held")

    assert [client.refused for client in clients] == [[], [], []]
    assert min(client.signed_in for client in clients) > rotations
    assert version(credential) == rotations + 1
    assert CredentialRotation.objects.filter(status="success", retired_at__isnull=False).count() == rotations
    print(f"{rotations} rotations, {sum(client.signed_in for client in clients)} sign-ins, 0 refused")


def _is_over(row: CredentialRotation) -> bool:
    finish_rotations()
    row.refresh_from_db()
    assert row.status in ("", "success"), row.result
    return row.retired_at is not None


class _Client(threading.Thread):
    """Signs in again and again with the version in force, under a lease as a step has one."""

    def __init__(self, server: RoleServer, user: User) -> None:
        super().__init__(daemon=True)
        self._server, self._user = server, user
        self.is_over = threading.Event()
        self.signed_in = 0
        self.refused: list[str] = []

    def run(self) -> None:
        try:
            while not self.is_over.is_set():
                self._sign_in()
        finally:
            connection.close()

    def _sign_in(self) -> None:
        assert self._user.tenant_id is not None
        with holding(self._user.tenant_id, "ledger", principal=self._user, purpose="load") as held:
            found = held.revealed
            try:
                with psycopg.connect(
                    host="127.0.0.1",
                    port=self._server.port,
                    dbname=str(found.fields["database"]),
                    user=str(found.fields["username"]),
                    password=found.secret("password").reveal(),
                    sslmode="disable",
                ) as link:
                    link.execute("SELECT 1")
                self.signed_in += 1
            except psycopg.Error as error:
                self.refused.append(str(error))
