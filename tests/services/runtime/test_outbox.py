"""Messages: stored once with what they tell of, sent at least once, given up in the open."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Tenant, User
from runtime.host import fault_points
from runtime.models import Channel, Credential, DeliveryStatus, NoticeEvent, Outbox
from runtime.notices.retrying import MAX_TRIES, pause_after
from runtime.services import delivery, outbox
from runtime.services.credentials import create_credential
from runtime.services.outbox import Message, forget_old, put, resend, send_due
from runtime.triggers.signatures import verify
from tests.people import make_user
from tests.services.runtime.receiver import Behaviour, Receiver, receiving

SECRET = "canary-signing-secret"
FACTS: dict[str, Any] = {
    "on": "failed",
    "workflow": {"id": "w", "name": "Sync ☀"},
    "run": {"id": "r", "number": 7},
    "url": "http://localhost/runs/r",
    "error": None,
}


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    with receiving() as receiver:
        settings.EGRESS_ALLOW = f"127.0.0.1:{receiver.port}"
        yield receiver


@pytest.fixture
def signing(user: User) -> Credential:
    return create_credential(
        user=user, name="hook", type="signing_secret", description="", values={"secret": SECRET}
    )


def message(tenant: Tenant, receiver: Receiver, **changes: Any) -> Message:
    given: dict[str, Any] = {
        "about": "run-1:failed",
        "event": NoticeEvent.FAILED,
        "channel": Channel.WEBHOOK,
        "address": receiver.url,
        "payload": FACTS,
        "tenant_id": tenant.pk,
    }
    return Message(**{**given, **changes})


def sent_once(tenant: Tenant, receiver: Receiver, *behaviours: Behaviour, **changes: Any) -> Outbox:
    """The row after one try."""
    receiver.behaviours = list(behaviours)
    put([message(tenant, receiver, **changes)])
    send_due()
    return Outbox.objects.get()


def make_due(row: Outbox) -> None:
    Outbox.objects.filter(pk=row.pk).update(next_at=timezone.now())


def test_a_webhook_gets_the_facts_signed_with_a_stable_id(
    tenant: Tenant, user: User, receiver: Receiver, signing: Credential
) -> None:
    row = sent_once(tenant, receiver, credential="hook", principal_id=user.pk)

    [got] = receiver.got
    assert json.loads(got.body) == FACTS
    assert got.headers["x-lockgate-delivery"] == str(row.pk)
    assert got.headers["content-type"] == "application/json"
    signature = got.headers["x-lockgate-signature"]
    verify("lockgate", signature, got.body, SECRET, now=time.time(), tolerance_s=30)
    assert (row.status, row.attempts, row.last_error) == (DeliveryStatus.SENT, 1, "")
    assert row.sent_at is not None
    signing.refresh_from_db()
    assert signing.last_used_at is not None


def test_without_a_credential_nothing_is_signed(tenant: Tenant, receiver: Receiver) -> None:
    sent_once(tenant, receiver)

    assert "x-lockgate-signature" not in receiver.got[0].headers


def test_the_same_thing_told_twice_is_one_row(tenant: Tenant, receiver: Receiver) -> None:
    put([message(tenant, receiver), message(tenant, receiver)])
    put([message(tenant, receiver)])
    put([message(tenant, receiver, about="run-2:failed")])
    put([message(tenant, receiver, address=receiver.url + "2")])

    send_due()
    send_due()

    assert Outbox.objects.count() == 3
    assert sorted(got.path for got in receiver.got) == ["/hook", "/hook", "/hook2"]


def test_what_is_rolled_back_is_not_sent(tenant: Tenant, receiver: Receiver) -> None:
    with pytest.raises(LookupError), transaction.atomic():
        put([message(tenant, receiver)])
        raise LookupError

    send_due()

    assert receiver.got == []


def each_sent_once(tenant: Tenant, receiver: Receiver, *behaviours: Behaviour) -> list[Outbox]:
    """A row for each behaviour, after one try."""
    receiver.paths = {f"/{number}": behaviour for number, behaviour in enumerate(behaviours)}
    base = receiver.url.removesuffix("/hook")
    put(message(tenant, receiver, address=base + path) for path in receiver.paths)
    send_due()
    return sorted(Outbox.objects.all(), key=lambda row: row.address)


def test_what_may_go_better_is_tried_again_with_the_same_id(
    tenant: Tenant, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "TIMEOUT_S", 1.0)
    rows = each_sent_once(tenant, receiver, 500, 503, 429, 408, "reset", "half-open", "slow")

    assert [row.status for row in rows] == [DeliveryStatus.PENDING] * 7
    for row, said in zip(
        rows,
        [
            "status 500",
            "status 503",
            "status 429",
            "status 408",
            *["broke the connection"] * 2,
            "within 1 s",
        ],
        strict=True,
    ):
        assert said in row.last_error
        assert timedelta(seconds=3) < row.next_at - timezone.now() < timedelta(seconds=11)
    assert send_due() == 0
    receiver.paths.clear()
    Outbox.objects.update(next_at=timezone.now())
    assert send_due() == 7
    assert set(Outbox.objects.values_list("status", "attempts", "last_error")) == {("sent", 2, "")}
    for row in rows:
        ids = [got.headers["x-lockgate-delivery"] for got in receiver.got if row.address.endswith(got.path)]
        assert set(ids) == {str(row.pk)}


def test_what_cannot_go_better_is_given_up_at_once(tenant: Tenant, receiver: Receiver) -> None:
    elsewhere = (302, {"Location": "http://169.254.169.254/"})
    rows = each_sent_once(tenant, receiver, 400, 404, 410, elsewhere)

    assert [(row.status, row.attempts) for row in rows] == [(DeliveryStatus.DEAD, 1)] * 4
    assert [row.last_error for row in rows] == [
        "The receiver refused it (status 400).",
        "The receiver refused it (status 404).",
        "The receiver refused it (status 410).",
        "It redirects, which is not followed (status 302).",
    ]
    assert len(receiver.got) == 4


def test_an_answer_that_nobody_reads_to_its_end_counts(tenant: Tenant, receiver: Receiver) -> None:
    assert sent_once(tenant, receiver, "endless").status == DeliveryStatus.SENT


def test_an_address_that_nodes_may_not_reach_is_not_called(
    tenant: Tenant, receiver: Receiver, settings: Any
) -> None:
    settings.EGRESS_ALLOW = ""

    row = sent_once(tenant, receiver)

    assert row.status == DeliveryStatus.DEAD
    assert receiver.got == []


def test_what_the_receiver_asks_for_is_a_minimum(tenant: Tenant, receiver: Receiver) -> None:
    row = sent_once(tenant, receiver, (429, {"Retry-After": "120"}))

    assert timedelta(seconds=115) < row.next_at - timezone.now() < timedelta(seconds=121)


def test_after_eight_tries_it_is_given_up_and_can_be_sent_again(tenant: Tenant, receiver: Receiver) -> None:
    row = sent_once(tenant, receiver, *[500] * MAX_TRIES)
    for _ in range(MAX_TRIES - 1):
        make_due(row)
        send_due()
    row.refresh_from_db()
    assert (row.status, row.attempts) == (DeliveryStatus.DEAD, MAX_TRIES)
    make_due(row)
    assert send_due() == 0

    resend(row)
    send_due()

    row.refresh_from_db()
    assert (row.status, row.attempts) == (DeliveryStatus.SENT, 1)
    assert len(receiver.got) == MAX_TRIES + 1
    assert {got.headers["x-lockgate-delivery"] for got in receiver.got} == {str(row.pk)}


def test_pauses_grow_to_an_hour() -> None:
    def longest(tries: int) -> float:
        pause = pause_after(tries, jitter=lambda low, high: high)
        assert pause is not None
        return pause.total_seconds()

    assert [longest(tries) for tries in range(1, MAX_TRIES)] == [10, 30, 90, 270, 810, 2430, 3600]
    assert pause_after(1, jitter=lambda low, high: low) == timedelta(seconds=5)
    assert pause_after(1, at_least_s=10**9) == timedelta(hours=1)
    assert pause_after(MAX_TRIES) is None


def test_a_sender_that_dies_after_sending_leaves_it_to_another(tenant: Tenant, receiver: Receiver) -> None:
    def die(name: str) -> None:
        if name == "outbox.after":
            raise SystemExit

    fault_points.install(die)
    put([message(tenant, receiver)])
    try:
        with pytest.raises(SystemExit):
            send_due()
    finally:
        fault_points.install(lambda name: None)
    row = Outbox.objects.get()

    assert row.status == DeliveryStatus.PENDING
    assert send_due() == 0  # under way, as far as anybody knows
    make_due(row)
    send_due()
    row.refresh_from_db()
    assert (row.status, row.attempts) == (DeliveryStatus.SENT, 2)
    assert len({got.headers["x-lockgate-delivery"] for got in receiver.got}) == 1


def test_two_senders_share_the_work(
    tenant: Tenant, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "BATCH", 2)
    put(message(tenant, receiver, about=f"run-{number}") for number in range(12))

    def work() -> int:
        try:
            return send_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        tried = [future.result() for future in [pool.submit(work), pool.submit(work)]]

    assert sum(tried) == 12
    assert len(receiver.got) == 12
    assert set(Outbox.objects.values_list("status", "attempts")) == {("sent", 1)}


def test_a_slow_receiver_does_not_hold_up_the_others(
    tenant: Tenant, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "TIMEOUT_S", 2.0)
    receiver.behaviours = ["slow"] * 5
    put(message(tenant, receiver, about=f"run-{number}") for number in range(10))
    began = time.monotonic()

    send_due()

    assert time.monotonic() - began < 6  # one after the other they would take 10
    assert Outbox.objects.filter(status="sent").count() == 5


def test_a_credential_that_cannot_be_used_gives_it_up(
    tenant: Tenant, user: User, receiver: Receiver, signing: Credential
) -> None:
    create_credential(user=user, name="plain", type="secret", description="", values={"value": SECRET})
    viewer = make_user(tenant, "viewer")
    cases = [("gone", user.pk), ("plain", user.pk), ("hook", None), ("hook", viewer.pk)]
    put(
        message(tenant, receiver, about=f"run-{number}", credential=name, principal_id=principal)
        for number, (name, principal) in enumerate(cases)
    )

    send_due()

    for row in Outbox.objects.all():
        assert row.status == DeliveryStatus.DEAD
        assert row.credential in row.last_error
        assert SECRET not in row.last_error
    assert receiver.got == []


def test_old_messages_are_forgotten(tenant: Tenant, receiver: Receiver) -> None:
    put(message(tenant, receiver, about=f"run-{number}") for number in range(3))
    long_ago = timezone.now() - timedelta(days=100)
    first, second, _ = Outbox.objects.order_by("id")
    Outbox.objects.filter(pk=first.pk).update(status="sent", sent_at=long_ago)
    Outbox.objects.filter(pk=second.pk).update(status="dead", created_at=long_ago)

    assert forget_old() == 2
    assert Outbox.objects.count() == 1
