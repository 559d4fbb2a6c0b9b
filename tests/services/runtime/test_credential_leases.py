"""Who holds which version of a credential: counted while a step is at work, and not a moment longer."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db.models.functions import Now

from accounts.models import Tenant, User
from runtime.credentials.redactor import Redactor
from runtime.engine.state import RunStatus
from runtime.host.node_services import ProcessServices
from runtime.models import Credential, CredentialLease
from runtime.services import credential_leases, run_secrets
from runtime.services.credential_leases import (
    BOOK,
    LEASE,
    LeaseBook,
    close,
    forget_lapsed,
    holding,
    in_use,
    live_leases,
    take,
)
from runtime.services.credentials import (
    CredentialError,
    change_credential,
    create_credential,
    find_for_use,
)
from runtime.services.run_secrets import RunSecrets
from tests.people import make_user
from tests.services.runtime.conftest import HostMaker, RunMaker, wait_for, wait_for_status


class Slow(BaseHTTPRequestHandler):
    """Answers once it is told to."""

    asked = threading.Event()
    may_answer = threading.Event()

    def do_GET(self) -> None:
        self.asked.set()
        self.may_answer.wait(10)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        return None


@pytest.fixture
def slow(settings: Any) -> Iterator[str]:
    Slow.asked, Slow.may_answer = threading.Event(), threading.Event()
    with ThreadingHTTPServer(("127.0.0.1", 0), Slow) as server:
        settings.EGRESS_ALLOW = f"127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        Slow.may_answer.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def credential(user: User) -> Credential:
    return create_credential(
        user=user, name="github", type="bearer_token", description="", values={"token": "first-token"}
    )


def renew(credential: Credential, user: User) -> Credential:
    return change_credential(credential, user=user, values={"token": "second-token"})


def take_it(credential: Credential, user: User, held: list[bool]) -> credential_leases.Held:
    return take(
        credential.tenant_id, credential.name, principal=user, purpose="test", is_held=lambda: bool(held)
    )


def test_a_step_holds_the_version_that_it_was_given_until_it_ends(
    credential: Credential,
    user: User,
    slow: str,
    make_run: RunMaker,
    make_host: HostMaker,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(run_secrets, "KEPT_S", 0.0)
    run = make_run(("call", "HTTPRequestNode", {"url": slow, "credential": {"name": "github"}}))
    make_host(services=ProcessServices)
    assert Slow.asked.wait(10)

    renew(credential, user)
    BOOK.sweep()

    assert (in_use(credential, 1), in_use(credential, 2)) == (1, 0)
    lease = live_leases(credential).get()
    assert (lease.run_id, lease.node, lease.purpose) == (run.pk, "call", "run")
    Slow.may_answer.set()
    wait_for_status(run, RunStatus.SUCCEEDED)
    BOOK.sweep()
    assert in_use(credential, 1) == 0
    assert not CredentialLease.objects.exists()


def test_what_nobody_gives_back_is_given_back_by_the_process(credential: Credential, user: User) -> None:
    held = [True]
    take_it(credential, user, held)
    assert in_use(credential, 1) == 1

    held.clear()

    wait_for(lambda: in_use(credential, 1) == 0, "the end of the lease")


def test_a_block_holds_it_for_its_length(credential: Credential, user: User) -> None:
    with holding(credential.tenant_id, "github", principal=user, purpose="message") as held:
        assert held.revealed.secret("token").reveal() == "first-token"
        assert in_use(credential, 1) == 1
    BOOK.sweep()
    assert in_use(credential, 1) == 0


def test_nobody_begins_to_hold_a_version_that_another_has_replaced(
    credential: Credential, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new version comes into force between the look and the lease."""
    turns: list[Credential] = []

    def find_late(*args: Any, **options: Any) -> Credential:
        found = find_for_use(*args, **options)
        if not turns:
            turns.append(renew(credential, user))
        return found

    monkeypatch.setattr(credential_leases, "find_for_use", find_late)

    held = take_it(credential, user, [True])

    assert held.revealed.version == 2
    assert held.revealed.secret("token").reveal() == "second-token"
    assert (in_use(credential, 1), in_use(credential, 2)) == (0, 1)
    close(credential, 2)


def test_a_process_that_died_holds_for_the_length_of_a_lease(credential: Credential) -> None:
    dead = CredentialLease.objects.create(
        credential=credential, version=1, purpose="run", at=Now(), until=Now() + LEASE
    )
    assert in_use(credential, 1) == 1

    CredentialLease.objects.filter(pk=dead.pk).update(until=Now() - timedelta(seconds=1))
    assert in_use(credential, 1) == 0
    assert forget_lapsed() == 0
    CredentialLease.objects.filter(pk=dead.pk).update(until=Now() - timedelta(hours=2))
    assert forget_lapsed() == 1


def test_what_is_held_for_long_is_renewed(credential: Credential, monkeypatch: pytest.MonkeyPatch) -> None:
    book = LeaseBook()
    monkeypatch.setattr(book, "_work", lambda: None)
    monkeypatch.setattr(credential_leases, "RENEW_S", -1.0)
    lease = CredentialLease.objects.create(
        credential=credential, version=1, purpose="run", at=Now(), until=Now() + timedelta(seconds=5)
    )
    before = CredentialLease.objects.get(pk=lease.pk).until
    book.keep(lease.pk, lambda: True)

    book.sweep()

    assert CredentialLease.objects.get(pk=lease.pk).until > before + timedelta(seconds=30)


def test_a_second_step_holds_on_to_the_same_lease(credential: Credential, user: User) -> None:
    first, second = [True], [True]
    held = take_it(credential, user, first)
    assert BOOK.join(held.lease, lambda: bool(second), 7)

    first.clear()
    BOOK.sweep()
    assert in_use(credential, 1) == 1

    second.clear()
    BOOK.sweep()
    assert in_use(credential, 1) == 0
    assert not BOOK.join(held.lease, lambda: True, 8)


def test_what_is_refused_or_does_not_open_leaves_no_lease(
    credential: Credential, user: User, tenant: Tenant
) -> None:
    viewer = make_user(tenant, "viewer")
    with pytest.raises(CredentialError) as refused:
        take_it(credential, viewer, [True])
    assert refused.value.code == "credential_refused"
    credential.versions.update(ciphertext=b"other")
    with pytest.raises(CredentialError) as broken:
        take_it(credential, user, [True])
    assert broken.value.code == "credential_unreadable"
    assert not CredentialLease.objects.exists()


def test_a_later_version_is_told_once_it_is_in_force(credential: Credential, user: User) -> None:
    secrets = RunSecrets(
        run_id=credential.pk, tenant_id=credential.tenant_id, principal_id=user.pk, redactor=Redactor()
    )
    first = asyncio.run(secrets.reveal("github"))
    assert asyncio.run(secrets.newer(first)) is None

    renew(credential, user)

    assert asyncio.run(secrets.reveal("github")).version == 1  # for a moment
    newer = asyncio.run(secrets.newer(first))
    assert newer is not None
    assert newer.version == 2
    assert asyncio.run(secrets.reveal("github")).version == 2
