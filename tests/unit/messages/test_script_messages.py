"""Steps that send, in scripts: to a real receiver and a real mail server on loopback."""

from __future__ import annotations

import email
import json
import time
from collections.abc import Iterator
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from runtime import LocalRuntime, RunFailed, WorkflowBuilder
from runtime.engine.node import CheckContext, Effect
from runtime.nodes.email import EmailNode
from runtime.nodes.webhook_call import WebhookCallNode
from runtime.triggers.signatures import verify
from tests.mail_server import Inbox, mail_server
from tests.services.runtime.receiver import Behaviour, Receiver, receiving

SECRET = "canary-signing-secret"


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with receiving() as receiver:
        monkeypatch.setenv("EGRESS_ALLOW", f"127.0.0.1:{receiver.port}")
        yield receiver


@pytest.fixture
def inbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    inbox = Inbox()
    with mail_server(inbox) as port:
        monkeypatch.setenv("EMAIL_URL", f"smtp://127.0.0.1:{port}?from=Runs%20<runs@example.com>")
        yield inbox


def sent(node_type: str, workspace: Path | None = None, **config: Any) -> dict[str, Any]:
    workflow = WorkflowBuilder()
    workflow.add_node(node_type, "send", config)
    with LocalRuntime(workspace=workspace) as runtime:
        results, _ = runtime.execute(workflow.build())
    result: dict[str, Any] = results["send"]["result"]
    return result


def failure(node_type: str, workspace: Path | None = None, **config: Any) -> dict[str, Any]:
    with pytest.raises(RunFailed) as caught:
        sent(node_type, workspace, **config)
    error: dict[str, Any] = caught.value.errors["send"]
    return error


def test_a_webhook_is_signed_and_has_an_id(receiver: Receiver, tmp_path: Path) -> None:
    (tmp_path / "credentials.json").write_text(json.dumps({"hook": SECRET}))

    result = sent(
        "WebhookCallNode",
        tmp_path,
        url=receiver.url,
        body={"total": 12.5, "city": "Ålesund"},
        headers={"X-Kind": "order"},
        credential="hook",
    )

    [got] = receiver.got
    assert json.loads(got.body) == {"total": 12.5, "city": "Ålesund"}
    assert (result["status"], result["attempts"]) == ("sent", 1)
    assert got.headers["x-lockgate-delivery"] == result["id"]
    assert (got.headers["x-kind"], got.headers["content-type"]) == ("order", "application/json")
    signature = got.headers["x-lockgate-signature"]
    verify("lockgate", signature, got.body, SECRET, now=time.time(), tolerance_s=30)


def test_a_retry_sends_the_same_id_again(receiver: Receiver) -> None:
    receiver.behaviours = [503, "reset"]

    result = sent(
        "WebhookCallNode",
        url=receiver.url,
        body=1,
        retry_config={"max_retries": 3, "initial_delay": 0.01},
    )

    assert {got.headers["x-lockgate-delivery"] for got in receiver.got} == {result["id"]}
    assert len(receiver.got) == 3


@pytest.mark.parametrize(
    ("behaviour", "words"), [(404, "status 404"), (301, "redirects"), (410, "status 410")]
)
def test_a_refusal_fails_the_step_in_the_words_of_the_receiver(
    receiver: Receiver, behaviour: Behaviour, words: str
) -> None:
    receiver.behaviours = [behaviour]

    error = failure("WebhookCallNode", url=receiver.url)

    assert error["code"] == "not_delivered"
    assert words in error["message"]
    assert len(receiver.got) == 1


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/hook", "http://127.0.0.1:9/hook", "http://10.0.0.1/"]
)
def test_a_private_address_is_not_called(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.delenv("EGRESS_ALLOW", raising=False)

    error = failure("WebhookCallNode", url=url, body={})

    assert error["code"] == "not_delivered"
    assert "EGRESS_ALLOW" in error["message"]


def test_a_body_that_is_too_large_is_refused(receiver: Receiver) -> None:
    assert failure("WebhookCallNode", url=receiver.url, body="x" * (1 << 20))["code"] == "invalid_input"
    assert receiver.got == []


def test_each_person_gets_a_message(inbox: Inbox) -> None:
    result = sent(
        "EmailNode",
        to=["ada@example.com", "bob@example.com", "ADA@example.com"],
        subject="Zwölf\nneue",
        text="Hallo ☀",
        html="<p>Hallo ☀</p>",
        reply_to="office@example.com",
    )

    assert [envelope.rcpt_tos for envelope in inbox.messages] == [["ADA@example.com"], ["bob@example.com"]]
    assert result["status"] == "sent"
    message = email.message_from_bytes(inbox.messages[0].content, policy=default)
    assert message["Subject"] == "Zwölf neue"
    assert message["From"] == "Runs <runs@example.com>"
    assert message["Reply-To"] == "office@example.com"
    assert message["Message-ID"] == f"<{result['messages'][0]['id']}@example.com>"
    assert message.get_body(("plain",)).get_content().strip() == "Hallo ☀"  # type: ignore[union-attr]
    assert message.get_body(("html",)).get_content().strip() == "<p>Hallo ☀</p>"  # type: ignore[union-attr]


def test_a_retry_writes_only_to_whom_has_not_got_it(inbox: Inbox) -> None:
    inbox.replies = {"bob@example.com": ["451 later"]}

    sent(
        "EmailNode",
        to=["ada@example.com", "bob@example.com"],
        subject="Once",
        retry_config={"max_retries": 2, "initial_delay": 0.01},
    )

    assert [envelope.rcpt_tos for envelope in inbox.messages] == [["ada@example.com"], ["bob@example.com"]]


def test_a_mailbox_that_is_not_there_fails_the_step(inbox: Inbox) -> None:
    inbox.replies = {"no@example.com": ["550 no such box"] * 5}

    error = failure("EmailNode", to=["no@example.com"], subject="Hi")

    assert error["code"] == "not_delivered"
    assert "550 no such box" in error["message"]


def test_without_a_mail_server_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMAIL_URL", raising=False)

    assert "EMAIL_URL" in failure("EmailNode", to=["ada@example.com"], subject="Hi")["message"]


def test_a_secret_can_be_the_mail_server_where_steps_may_go(
    inbox: Inbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    url = os.environ["EMAIL_URL"]
    (tmp_path / "credentials.json").write_text(json.dumps({"mail": url}))
    config = {"to": ["ada@example.com"], "subject": "Hi", "credential": "mail"}
    monkeypatch.delenv("EMAIL_URL")

    refused = failure("EmailNode", tmp_path, **config)
    monkeypatch.setenv("EGRESS_ALLOW", "127.0.0.1")
    sent("EmailNode", tmp_path, **config)

    assert "EGRESS_ALLOW" in refused["message"]
    assert len(inbox.messages) == 1


@pytest.mark.parametrize(
    "to",
    [[], "no address", ["a@b.example", 7], ["a@b.example\nBcc: c@d.example"], ["a@b.example"] * 51, {"a": 1}],
)
def test_addresses_that_cannot_be_are_refused(inbox: Inbox, to: Any) -> None:
    with pytest.raises(Exception, match=r"ddress|people"):
        EmailNode(subject="Hi").execute(to=to)
    assert inbox.messages == []


def test_check_finds_what_cannot_be() -> None:
    problems = EmailNode.check({"to": ["ada", "${who}"], "reply_to": "x"}, CheckContext("send"))
    nobody = EmailNode.check({"subject": "Hi"}, CheckContext("send"))
    wired = EmailNode.check({}, CheckContext("send", frozenset({"to", "subject"})))
    webhook = WebhookCallNode.check({"url": "ftp://a", "headers": {"Host": "b"}}, CheckContext("send"))

    assert [problem.field for problem in problems] == ["config.to.0", "config.reply_to", "config.subject"]
    assert [problem.field for problem in nobody] == ["config.to"]
    assert wired == []
    assert [problem.field for problem in webhook] == ["config.url", "config.headers.Host"]


def test_sending_has_an_effect() -> None:
    assert EmailNode.effect is Effect.EFFECTFUL
    assert WebhookCallNode.effect is Effect.EFFECTFUL
