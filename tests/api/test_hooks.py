"""Webhooks by their addresses: what they take, what they refuse, and what they answer."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import OperationalError

from accounts.models import User
from runtime.api import hooks
from runtime.host.host import RunHost
from runtime.models import Run, WebhookDelivery, WorkflowTrigger
from runtime.services.credentials import create_credential
from runtime.services.triggers import flood
from runtime.triggers.signatures import Scheme, sign
from tests.api.driven import code, make
from tests.api.hook_calls import acall, call
from tests.contract import Api

pytestmark = pytest.mark.django_db(transaction=True)
GRAPH: dict[str, Any] = {"nodes": [{"id": "out", **code("result = {'double': amount * 2}")}]}
INPUTS = {"out": "{'amount': get(body, 'amount', 1)}"}
WAIT = {"respond": {"wait_s": 20, "node": "out", "output": "result.double"}}


@pytest.fixture
def at_work(host: RunHost) -> Iterator[RunHost]:
    """A host that looks for runs all the time, since no broker rings it here."""
    is_over = threading.Event()

    def ring() -> None:
        while not is_over.wait(0.02):
            host.ring()

    ringer = threading.Thread(target=ring)
    ringer.start()
    yield host
    is_over.set()
    ringer.join()


@dataclass
class Hook:
    """A webhook trigger and its addresses."""

    api: Api
    id: str
    workflow: str
    url: str
    test_url: str

    def change(self, **fields: Any) -> None:
        response = self.api.patch(f"triggers/{self.id}/", fields)
        assert response.status_code == 200, response.content

    @property
    def deliveries(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.api.get(f"triggers/{self.id}/deliveries/").json()["results"]
        return found

    @property
    def last(self) -> tuple[int, str, str | None]:
        newest = self.deliveries[0]
        return newest["status"], newest["outcome"], newest["reason"]


HookMaker = Callable[..., Hook]


@pytest.fixture
def make_hook(api: Api) -> HookMaker:
    """An enabled webhook of a published workflow; keywords are its config."""

    def make_one(graph: dict[str, Any] = GRAPH, inputs: Any = INPUTS, **config: Any) -> Hook:
        path = make(api, graph)
        assert api.post(path + "versions/", {}).status_code == 201
        fields = {"kind": "webhook", "name": "Orders in", "enabled": True, "inputs": inputs, "config": config}
        response = api.post("triggers/", {"workflow": path.split("/")[1], **fields})
        assert response.status_code == 201, response.content
        trigger = response.json()["id"]
        addresses = api.get(f"triggers/{trigger}/secret/").json()
        return Hook(api, trigger, path, addresses["url"], addresses["test_url"])

    return make_one


def codes(answer: Any) -> tuple[int, str]:
    return answer.status, answer.json()["code"]


def test_a_delivery_is_accepted_and_starts_a_run(make_hook: HookMaker, editor: User) -> None:
    hook = make_hook()

    answer = call(hook.url, {"amount": 4})

    run = Run.objects.get()
    assert (answer.status, answer.json()) == (202, {"run": {"id": str(run.pk), "number": run.number}})
    assert answer.headers["cache-control"] == "no-store, private"
    assert (run.trigger, run.requested_by, run.parameters) == ("webhook", editor, {"out": {"amount": 4}})
    assert hook.last == (202, "accepted", None)
    shown = hook.api.get(f"runs/{run.pk}/").json()
    assert shown["trigger_ref"] == {"id": hook.id, "kind": "webhook", "name": "Orders in"}
    assert hook.api.get(f"triggers/{hook.id}/").json()["last_fired_at"] is not None


def test_the_caller_can_wait_for_the_result(make_hook: HookMaker, at_work: RunHost) -> None:
    hook = make_hook(**WAIT)

    answer = call(hook.url, {"amount": 21})

    assert (answer.status, answer.json()) == (200, 42)
    assert answer.headers["x-lockgate-run"] == str(Run.objects.get().pk)


def test_without_a_node_the_results_of_the_last_nodes_are_answered(
    make_hook: HookMaker, at_work: RunHost
) -> None:
    hook = make_hook(respond={"wait_s": 20})

    assert call(hook.url, {"amount": 2}).json() == {"out": {"result": {"double": 4}}}


def test_who_waits_too_short_is_told_that_the_run_goes_on(make_hook: HookMaker) -> None:
    hook = make_hook(respond={"wait_s": 0.05})

    answer = call(hook.url, {"amount": 2})

    run = Run.objects.get()
    assert codes(answer) == (504, "run_not_finished")
    assert answer.json()["run"] == {"id": str(run.pk), "number": run.number}
    assert run.status == "queued"


def test_a_run_that_fails_is_told_without_its_reasons(make_hook: HookMaker, at_work: RunHost) -> None:
    hook = make_hook(respond={"wait_s": 20})

    answer = call(hook.url, {"amount": {"secret": 1}})

    assert codes(answer) == (502, "run_failed")
    assert "TypeError" not in answer.content.decode()


def test_an_output_that_did_not_come_is_said(make_hook: HookMaker, at_work: RunHost) -> None:
    hook = make_hook(respond={"wait_s": 20, "node": "out", "output": "result.triple"})

    assert codes(call(hook.url, {"amount": 1})) == (502, "no_output")


def test_the_same_delivery_starts_one_run_and_gets_the_same_answer(
    make_hook: HookMaker, at_work: RunHost
) -> None:
    hook = make_hook(dedupe="X-Delivery", **WAIT)
    headers = {"x-delivery": "d-1"}

    first = call(hook.url, {"amount": 3}, headers=headers)
    again = call(hook.url, {"amount": 3}, headers=headers)
    other = call(hook.url, {"amount": 3}, headers={"x-delivery": "d-2"})

    assert [answer.json() for answer in (first, again, other)] == [6, 6, 6]
    assert "idempotent-replay" in again.headers
    assert (
        again.headers["x-lockgate-run"] == first.headers["x-lockgate-run"] != other.headers["x-lockgate-run"]
    )
    assert Run.objects.count() == 2
    assert sorted(delivery["replays"] for delivery in hook.deliveries) == [0, 1]


def test_the_same_delivery_many_times_at_once_starts_one_run(make_hook: HookMaker) -> None:
    hook = make_hook(dedupe="X-Delivery")

    async def storm() -> list[Any]:
        return await asyncio.gather(*[acall(hook.url, {}, headers={"x-delivery": "same"}) for _ in range(12)])

    answers = asyncio.run(storm())

    assert {answer.status for answer in answers} == {202}
    assert len({answer.content for answer in answers}) == 1
    assert Run.objects.count() == 1


def test_a_delivery_without_its_id_is_refused_where_one_is_needed(make_hook: HookMaker) -> None:
    hook = make_hook(dedupe="X-Delivery")

    assert codes(call(hook.url, {})) == (400, "delivery_id_missing")
    assert codes(call(hook.url, {}, headers={"x-delivery": "x" * 201})) == (400, "delivery_id_missing")
    assert Run.objects.count() == 0


@pytest.fixture
def secret(editor: User) -> str:
    create_credential(
        user=editor, name="orders key", type="signing_secret", description="", values={"secret": "s3cret" * 4}
    )
    return "s3cret" * 4


@pytest.mark.parametrize("scheme", ["lockgate", "github", "stripe"])
def test_a_signed_delivery_is_accepted(make_hook: HookMaker, secret: str, scheme: Scheme) -> None:
    hook = make_hook(signature={"credential": "orders key", "scheme": scheme, "header": "X-Sig"})
    body = b'{"amount": 4}'

    answer = call(hook.url, body, headers={"x-sig": sign(scheme, body, secret, at=int(time.time()))})

    assert answer.status == 202, answer.content


def test_wrong_old_and_missing_signatures_start_nothing(make_hook: HookMaker, secret: str) -> None:
    hook = make_hook(signature={"credential": "orders key", "tolerance_s": 60})
    body, now = b'{"amount": 4}', int(time.time())

    def signed(*, at: int = now, key: str = secret) -> Any:
        return call(hook.url, body, headers={"x-lockgate-signature": sign("lockgate", body, key, at=at)})

    assert codes(call(hook.url, body)) == (401, "signature_missing")
    assert codes(signed(key="guess")) == (401, "signature_wrong")
    assert codes(signed(at=now - 61)) == (401, "timestamp_stale")
    assert hook.last == (401, "refused", "timestamp_stale")
    assert Run.objects.count() == 0
    assert signed().status == 202


def test_a_refusal_shows_neither_the_secret_nor_the_address(make_hook: HookMaker, secret: str) -> None:
    hook = make_hook(signature={"credential": "orders key"})

    answer = call(hook.url, b"{}", headers={"x-lockgate-signature": "t=1,v1=00"})

    assert secret not in answer.content.decode()
    assert hook.url.rsplit("/", 2)[1] not in answer.content.decode()


def test_a_flood_is_refused_until_a_minute_after_its_first_calls(
    make_hook: HookMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = make_hook(max_per_minute=3)
    moment = (time.time() // 60) * 60 + 30
    monkeypatch.setattr(flood.time, "time", lambda: moment)

    answers = [call(hook.url, {}) for _ in range(6)]
    moment += 50  # another minute of the clock, and still within the same 60 seconds
    soon = call(hook.url, {})
    moment += 15
    later = call(hook.url, {})

    assert [answer.status for answer in answers] == [202] * 3 + [429] * 3
    assert answers[-1].headers["retry-after"] == "65"
    assert (soon.status, soon.headers["retry-after"]) == (429, "15")
    assert later.status == 202
    assert Run.objects.count() == 4


def test_calls_of_other_web_processes_count(make_hook: HookMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    hook = make_hook(max_per_minute=2)

    first = [call(hook.url, {}).status for _ in range(3)]
    monkeypatch.setattr(flood, "_closed", {})  # as in a process that has refused nothing yet

    assert first == [202, 202, 429]
    assert call(hook.url, {}).status == 429


def test_more_calls_than_can_be_taken_are_told_to_come_again(
    make_hook: HookMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = make_hook()
    monkeypatch.setattr(hooks, "MOST_WAITING", 0)

    answer = call(hook.url, {})

    assert codes(answer) == (503, "busy")
    assert answer.headers["retry-after"] == "1"
    assert Run.objects.count() == 0


def test_without_a_database_the_sender_is_asked_to_come_again_and_told_nothing_else(
    make_hook: HookMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = make_hook()

    def fail(_: Any) -> None:
        raise OperationalError("no route to database.internal")

    monkeypatch.setattr(hooks, "deliver", fail)

    answer = call(hook.url, {})

    assert codes(answer) == (503, "database_unavailable")
    assert answer.headers["retry-after"] == "2"
    assert b"internal" not in answer.content


def test_a_body_that_is_too_large_is_refused_and_noted(make_hook: HookMaker) -> None:
    hook = make_hook(max_body=1000)

    small = call(hook.url, b'"' + b"x" * 998 + b'"')
    large = call(hook.url, b'"' + b"x" * 999 + b'"')
    huge = call(hook.url, b"x" * (11 << 20))

    assert small.status == 202
    assert codes(large) == codes(huge) == (413, "too_large")
    assert hook.last == (413, "refused", "too_large")
    assert Run.objects.count() == 1


def test_a_disabled_webhook_and_none_at_all_look_the_same(make_hook: HookMaker) -> None:
    hook = make_hook()
    hook.change(enabled=False)

    off, none = call(hook.url, {}), call(hook.url.replace("hooks/", "hooks/x"), {})

    assert off.status == none.status == 404
    assert off.content == none.content
    hook.change(enabled=True)
    assert call(hook.url, {}).status == 202


@pytest.mark.parametrize("path", ["", "a/b/", "test/", "test/a/b/", "%00/", "x" * 300 + "/"])
def test_addresses_that_can_be_none_are_404(db: None, path: str) -> None:
    assert call(f"http://localhost/api/v1/hooks/{path}", {}).status == 404


def test_a_webhook_takes_the_methods_that_it_names(make_hook: HookMaker) -> None:
    hook = make_hook(methods=["GET", "PUT"])

    refused = call(hook.url, {}, method="POST")

    assert codes(refused) == (405, "method_not_allowed")
    assert refused.headers["allow"] == "GET, PUT"
    assert call(hook.url, method="GET").status == 202


def test_the_query_and_headers_can_be_read(make_hook: HookMaker) -> None:
    hook = make_hook(inputs={"out": "{'amount': int(query.n) + int(headers['x-more'])}"})

    call(hook.url + "?n=4", {}, headers={"x-more": "3"})

    assert Run.objects.get().parameters == {"out": {"amount": 7}}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [(b"{", 400, "not_json"), (b"\xff", 400, "not_utf8"), (b'"\\u0000"', 422, "nul_character")],
)
def test_a_body_that_cannot_be_read_is_refused(
    make_hook: HookMaker, body: bytes, status: int, code: str
) -> None:
    hook = make_hook()

    assert codes(call(hook.url, body)) == (status, code)
    assert hook.last == (status, "refused", code)


def test_inputs_that_do_not_fit_are_the_callers_fault(make_hook: HookMaker) -> None:
    hook = make_hook(inputs={"out": "{'amount': body.amount}"})

    answer = call(hook.url, {"amout": 1})

    assert codes(answer) == (422, "inputs_failed")
    assert "amount" in answer.json()["detail"]


def test_a_person_who_is_gone_is_our_trouble_and_not_told(make_hook: HookMaker, editor: User) -> None:
    hook = make_hook()
    User.objects.filter(pk=editor.pk).update(is_active=False)

    answer = call(hook.url, {})

    assert codes(answer) == (503, "webhook_unavailable")
    assert editor.email not in answer.content.decode()
    assert "retry-after" in answer.headers
    assert WebhookDelivery.objects.get().reason == "run_as_inactive"
    assert WorkflowTrigger.objects.get().last_problem["code"] == "run_as_inactive"


def test_a_person_who_may_no_longer_run_the_workflow_starts_nothing(
    make_hook: HookMaker, editor: User
) -> None:
    hook = make_hook()
    editor.groups.clear()

    assert codes(call(hook.url, {})) == (503, "webhook_unavailable")
    assert WebhookDelivery.objects.get().reason == "run_as_denied"


def test_a_version_that_is_named_stays_while_others_are_published(make_hook: HookMaker) -> None:
    hook = make_hook()
    hook.change(version=1)
    hook.api.post(hook.workflow + "versions/", {})

    call(hook.url, {})
    hook.change(version="latest")
    call(hook.url, {})

    assert [run.version.number for run in Run.objects.order_by("number")] == [1, 2]


def test_a_new_address_replaces_the_old_one(make_hook: HookMaker) -> None:
    hook = make_hook()

    after = hook.api.post(f"triggers/{hook.id}/rotate/").json()

    assert call(hook.url, {}).status == 404
    assert call(after["url"], {}).status == 202


def test_listening_runs_the_draft_as_oneself(make_hook: HookMaker, at_work: RunHost, editor: User) -> None:
    hook = make_hook(**WAIT)
    draft = {"nodes": [{"id": "out", **code("result = {'double': amount * 200}")}]}
    hook.api.put(hook.workflow + "draft/", {"graph": draft}, If_Match='"1"')

    nobody = call(hook.test_url, {"amount": 1})
    listening = hook.api.post(f"triggers/{hook.id}/listen/").json()
    answer = call(listening["url"], {"amount": 1})
    heard = hook.api.get(f"triggers/{hook.id}/listen/").json()

    run = Run.objects.get()
    assert codes(nobody) == (404, "nobody_listens")
    assert (answer.status, answer.json()) == (200, 200)
    assert (run.version.number, run.requested_by) == (None, editor)
    assert heard["received"]["run"] == {"id": str(run.pk), "number": run.number}
    assert heard["received"]["problem"] is None
    assert hook.deliveries == []


def test_listening_works_before_anything_is_published_or_enabled(api: Api) -> None:
    path = make(api, GRAPH)
    fields = {
        "workflow": path.split("/")[1],
        "kind": "webhook",
        "name": "New",
        "config": {},
        "inputs": INPUTS,
    }
    trigger = api.post("triggers/", fields).json()["id"]

    listening = api.post(f"triggers/{trigger}/listen/").json()

    assert call(listening["url"], {"amount": 1}).status == 202


def test_listening_ends_by_itself_and_by_request(make_hook: HookMaker) -> None:
    from datetime import timedelta

    from runtime.models import WebhookListener

    hook = make_hook()
    listening = hook.api.post(f"triggers/{hook.id}/listen/").json()
    row = WebhookListener.objects.get()
    row.until -= timedelta(minutes=2)
    row.save()

    assert call(listening["url"], {}).status == 404
    assert hook.api.get(f"triggers/{hook.id}/listen/").json()["until"] is None
    hook.api.post(f"triggers/{hook.id}/listen/")
    assert hook.api.delete(f"triggers/{hook.id}/listen/").status_code == 204
    assert call(listening["url"], {}).status == 404


def test_a_draft_with_errors_is_told_to_who_listens(make_hook: HookMaker) -> None:
    hook = make_hook()
    hook.api.put(
        hook.workflow + "draft/", {"graph": {"nodes": [{"id": "out", **code("result = ")}]}}, If_Match='"1"'
    )
    hook.api.post(f"triggers/{hook.id}/listen/")

    answer = call(hook.test_url, {})

    heard = hook.api.get(f"triggers/{hook.id}/listen/").json()["received"]
    assert answer.status == 503
    assert "The draft has errors" in heard["problem"]
    assert heard["run"] is None


def test_what_is_no_webhook_goes_on_to_the_rest_of_the_product(db: None) -> None:
    assert call("http://localhost/healthz", method="GET").status == 200
