"""Steps that send, on the server: by the outbox, once, waited for, and given up with their step."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, Tenant, User
from runtime.credentials.redactor import Redactor
from runtime.engine.errors import NodeError
from runtime.engine.state import RunStatus
from runtime.host.node_services import ProcessServices
from runtime.models import DeliveryStatus, Outbox, Run
from runtime.services.credentials import create_credential
from runtime.services.outbox import send_due
from runtime.services.run_control import cancel_run
from runtime.services.step_messages import RunMessages
from runtime.services_protocol import OutgoingMessage
from runtime.triggers.signatures import verify
from tests.contract import Api
from tests.mail_server import Inbox, mail_server
from tests.services.runtime.conftest import HostMaker, RunMaker, types_of, wait_for, wait_for_status
from tests.services.runtime.receiver import Receiver, receiving

SECRET = "canary-signing-secret"


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    with receiving() as receiver:
        settings.EGRESS_ALLOW = f"127.0.0.1:{receiver.port}"
        yield receiver


@pytest.fixture
def inbox(settings: Any) -> Iterator[Inbox]:
    inbox = Inbox()
    with mail_server(inbox) as port:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_CONFIGURED = "127.0.0.1", port, True
        yield inbox


def wait_for_row() -> None:
    wait_for(lambda: Outbox.objects.exists(), "a message")


def try_again() -> None:
    Outbox.objects.filter(status=DeliveryStatus.PENDING).update(next_at=timezone.now())
    send_due()


def test_a_webhook_is_waited_for_until_it_is_taken(
    user: User, receiver: Receiver, make_run: RunMaker, make_host: HostMaker
) -> None:
    values = {"secret": SECRET}
    create_credential(user=user, name="hook", type="signing_secret", description="", values=values)
    receiver.behaviours = [503]
    config = {"url": receiver.url, "body": {"total": 7}, "credential": "hook"}
    run = make_run(("tell", "WebhookCallNode", config))
    make_host(services=ProcessServices)

    wait_for_row()
    send_due()
    wait_for_status(run, RunStatus.WAITING)
    [waiting] = Api(user).get(f"runs/{run.pk}/").json()["waiting"]
    try_again()

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert waiting["reason"] == "delivery"
    result = Api(user).get(f"runs/{run.pk}/nodes/tell/").json()["outputs"]["result"]
    row = Outbox.objects.get()
    assert (result["id"], result["status"], result["attempts"]) == (str(row.pk), "sent", 2)
    assert len(receiver.got) == 2
    for got in receiver.got:
        assert json.loads(got.body) == {"total": 7}
        assert got.headers["x-lockgate-delivery"] == str(row.pk)
        signature = got.headers["x-lockgate-signature"]
        verify("lockgate", signature, got.body, SECRET, now=time.time(), tolerance_s=30)
    assert AuditEntry.objects.filter(action="notification.send", actor_id=user.pk).count() == 1


def test_a_message_that_is_given_up_fails_the_step(
    receiver: Receiver, make_run: RunMaker, make_host: HostMaker
) -> None:
    receiver.behaviours = [404]
    run = make_run(("tell", "WebhookCallNode", {"url": receiver.url}))
    make_host(services=ProcessServices)

    wait_for_row()
    send_due()

    wait_for_status(run, RunStatus.FAILED)
    assert run.error["code"] == "not_delivered"
    assert "status 404" in run.error["message"]


def test_a_step_that_does_not_wait_goes_on_at_once(
    receiver: Receiver, make_run: RunMaker, make_host: HostMaker
) -> None:
    run = make_run(("tell", "WebhookCallNode", {"url": receiver.url, "wait_for": "queued"}))
    make_host(services=ProcessServices)

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert receiver.got == []
    send_due()

    assert len(receiver.got) == 1


def test_a_message_is_given_up_when_its_run_is_cancelled(
    receiver: Receiver, make_run: RunMaker, make_host: HostMaker
) -> None:
    receiver.behaviours = [503]
    run = make_run(("tell", "WebhookCallNode", {"url": receiver.url}))
    make_host(services=ProcessServices)
    wait_for_row()
    send_due()
    wait_for_status(run, RunStatus.WAITING)

    cancel_run(run)

    wait_for_status(run, RunStatus.CANCELLED)
    wait_for(lambda: Outbox.objects.get().status == DeliveryStatus.DEAD, "the end of the message")
    try_again()
    assert len(receiver.got) == 1


def test_a_private_address_is_refused_at_once(
    receiver: Receiver, settings: Any, make_run: RunMaker, make_host: HostMaker
) -> None:
    settings.EGRESS_ALLOW = ""
    run = make_run(("tell", "WebhookCallNode", {"url": receiver.url}))
    make_host(services=ProcessServices)

    wait_for_status(run, RunStatus.FAILED)

    assert run.error["code"] == "egress_refused"
    assert not Outbox.objects.exists()


def test_a_step_that_is_performed_again_sends_once(
    user: User, receiver: Receiver, make_run: RunMaker
) -> None:
    run = make_run(("tell", "WebhookCallNode", {"url": receiver.url}))
    messages = [OutgoingMessage("webhook", receiver.url, {"body": 1, "headers": {}})]

    first, second = (send_as(run, user, messages) for _ in range(2))
    send_due()
    third = send_as(run, user, messages)

    assert first[0].id == second[0].id == third[0].id
    assert third[0].status == "sent"
    assert len(receiver.got) == 1


def send_as(run: Run, user: User, messages: list[OutgoingMessage]) -> list[Any]:
    redactor = Redactor()
    redactor.learn("canary-of-the-run")
    messenger = RunMessages(run_id=run.pk, tenant_id=run.tenant_id, principal_id=user.pk, redactor=redactor)
    return asyncio.run(messenger.send(f"{run.pk}/tell", "tell", messages, is_awaited=True))


def test_a_secret_of_the_run_is_not_sent(user: User, receiver: Receiver, make_run: RunMaker) -> None:
    run = make_run(("tell", "WebhookCallNode", {"url": receiver.url}))

    send_as(
        run, user, [OutgoingMessage("webhook", receiver.url, {"body": "canary-of-the-run", "headers": {}})]
    )
    send_due()

    assert b"canary" not in receiver.got[0].body


def test_people_get_an_e_mail_each(
    user: User, inbox: Inbox, make_run: RunMaker, make_host: HostMaker
) -> None:
    inbox.replies = {"no@example.com": ["550 no such box"]}
    config = {
        "to": ["ada@example.com", "no@example.com"],
        "subject": "Report",
        "text": "See it.",
        "html": "<b>",
    }
    run = make_run(("mail", "EmailNode", config))
    make_host(services=ProcessServices)

    wait_for(lambda: Outbox.objects.count() == 2, "both messages")
    send_due()

    wait_for_status(run, RunStatus.FAILED)
    assert "1 of 2 messages" in run.error["message"]
    [envelope] = inbox.messages
    assert envelope.rcpt_tos == ["ada@example.com"]
    assert b"Subject: Report" in envelope.content
    assert b"multipart/alternative" in envelope.content


def test_the_list_of_messages_tells_neither_data_nor_address(
    user: User, inbox: Inbox, make_run: RunMaker, make_host: HostMaker
) -> None:
    inbox.replies = {"ada@example.com": ["550 ada@example.com is unknown"]}
    run = make_run(("mail", "EmailNode", {"to": ["ada@example.com"], "subject": "canary", "text": "canary"}))
    make_host(services=ProcessServices)
    wait_for_row()
    send_due()
    wait_for_status(run, RunStatus.FAILED)

    answer = Api(user).get("notifications/")

    [shown] = answer.json()["results"]
    assert (shown["on"], shown["address"], shown["status"]) == ("step", "…@example.com", "dead")
    assert shown["facts"] == {"on": "step", "node": "mail"}
    assert "canary" not in answer.content.decode()
    assert "ada@" not in answer.content.decode()


def test_an_unknown_credential_is_told_by_the_step(
    receiver: Receiver, user: User, make_run: RunMaker
) -> None:
    run = make_run(("tell", "WebhookCallNode", {"url": receiver.url}))
    message = OutgoingMessage("webhook", receiver.url, {"body": 1, "headers": {}}, "gone")

    send_as(run, user, [message])
    send_due()

    [delivery] = send_as(run, user, [message])
    assert delivery.status == "failed"
    assert "gone" in delivery.error
    assert receiver.got == []


def test_both_kinds_of_ends_ring_the_run(receiver: Receiver, user: User, make_run: RunMaker) -> None:
    run = make_run(("tell", "WebhookCallNode", {"url": receiver.url}))
    send_as(run, user, [OutgoingMessage("webhook", receiver.url, {"body": 1, "headers": {}})])

    send_due()

    run.refresh_from_db()
    assert run.signalled_at is not None
    with pytest.raises(NodeError):
        send_as(run, user, [OutgoingMessage("webhook", "http://10.0.0.1/", {"body": 1, "headers": {}})])
    assert types_of(run)
    assert isinstance(run.tenant, Tenant)
