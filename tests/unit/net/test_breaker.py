"""Circuit breakers: the state machine with a time of its own, and the client around it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from runtime.engine.config import RuntimeConfig
from runtime.engine.errors import NodeError, NodeTimeout
from runtime.engine.retry import RetryPolicy
from runtime.net.breaker import Blocked, BreakerSettings, Circuit, CircuitTable, Pass, Verdict
from runtime.net.breaking import BreakingHttpClient, with_breaker
from runtime.services_protocol import HttpResponse

THREE_IN_A_ROW = BreakerSettings(threshold=3, reset_s=30.0)


def end(circuit: Circuit, verdict: Verdict, now: float, settings: BreakerSettings = THREE_IN_A_ROW) -> None:
    passed = circuit.admit(now, settings)
    assert isinstance(passed, Pass)
    circuit.conclude(passed, verdict, now, settings)


def opened(at: float = 10.0) -> Circuit:
    circuit = Circuit()
    for _ in range(3):
        end(circuit, Verdict.FAILURE, at)
    return circuit


def test_failures_in_a_row_open_a_circuit() -> None:
    circuit = Circuit()
    for now in (1.0, 2.0, 3.0):
        end(circuit, Verdict.FAILURE, now)

    assert circuit.admit(4.0, THREE_IN_A_ROW) == Blocked(failures=3, opened_at=3.0, wait_s=29.0)


def test_a_success_in_between_starts_the_count_anew() -> None:
    circuit = Circuit()
    for verdict in (Verdict.FAILURE, Verdict.FAILURE, Verdict.SUCCESS, Verdict.FAILURE, Verdict.FAILURE):
        end(circuit, verdict, 1.0)

    assert circuit.admit(1.0, THREE_IN_A_ROW) == Pass(is_trial=False)


def test_a_neutral_answer_neither_counts_nor_clears() -> None:
    circuit = Circuit()
    for verdict in (Verdict.FAILURE, Verdict.NEUTRAL, Verdict.FAILURE, Verdict.NEUTRAL, Verdict.NEUTRAL):
        end(circuit, verdict, 1.0)
    assert circuit.admit(1.0, THREE_IN_A_ROW) == Pass(is_trial=False)

    end(circuit, Verdict.FAILURE, 1.0)

    assert isinstance(circuit.admit(1.0, THREE_IN_A_ROW), Blocked)


def test_after_the_wait_exactly_one_call_is_the_trial() -> None:
    circuit = opened(at=10.0)

    verdicts = [circuit.admit(40.0, THREE_IN_A_ROW) for _ in range(5)]

    assert verdicts[0] == Pass(is_trial=True)
    assert verdicts[1:] == [Blocked(failures=3, opened_at=10.0, wait_s=1.0)] * 4


def test_a_trial_that_succeeds_closes_the_circuit() -> None:
    circuit = opened(at=10.0)

    end(circuit, Verdict.SUCCESS, 40.0)

    assert circuit.is_untroubled
    assert circuit.admit(40.0, THREE_IN_A_ROW) == Pass(is_trial=False)


def test_a_trial_that_fails_starts_the_wait_again_and_keeps_the_beginning() -> None:
    circuit = opened(at=10.0)

    end(circuit, Verdict.FAILURE, 41.0)

    assert circuit.admit(50.0, THREE_IN_A_ROW) == Blocked(failures=4, opened_at=10.0, wait_s=21.0)


def test_a_trial_without_a_verdict_leaves_the_trial_to_the_next() -> None:
    circuit = opened(at=10.0)

    end(circuit, Verdict.NEUTRAL, 41.0)

    assert circuit.admit(41.0, THREE_IN_A_ROW) == Pass(is_trial=True)


def test_calls_that_were_under_way_do_not_put_the_trial_off() -> None:
    circuit = Circuit()
    calls = [circuit.admit(0.0, THREE_IN_A_ROW) for _ in range(6)]
    for now, passed in enumerate(calls):
        assert isinstance(passed, Pass)
        circuit.conclude(passed, Verdict.FAILURE, float(now), THREE_IN_A_ROW)

    assert circuit.admit(5.0, THREE_IN_A_ROW) == Blocked(failures=6, opened_at=2.0, wait_s=27.0)


def test_each_run_judges_a_host_by_its_own_threshold() -> None:
    circuit = opened(at=10.0)

    assert circuit.admit(11.0, BreakerSettings(10, 30.0)) == Pass(is_trial=False)
    assert circuit.admit(11.0, BreakerSettings(1, 5.0)) == Blocked(failures=3, opened_at=10.0, wait_s=4.0)


def test_a_table_keeps_tenants_and_ports_apart_and_forgets_hosts_that_are_well() -> None:
    table, one = CircuitTable(), BreakerSettings(1, 30.0)
    broken = ("acme", "api.example.com", 443)
    table.conclude(broken, Pass(is_trial=False), Verdict.FAILURE, 0.0, one)

    assert isinstance(table.admit(broken, 1.0, one), Blocked)
    for other in (("globex", "api.example.com", 443), ("acme", "api.example.com", 8443)):
        assert table.admit(other, 1.0, one) == Pass(is_trial=False)
    passed = table.admit(broken, 31.0, one)
    assert passed == Pass(is_trial=True)
    table.conclude(broken, Pass(is_trial=True), Verdict.SUCCESS, 31.0, one)
    assert len(table) == 0


def test_a_table_stays_bounded_however_many_hosts_fail() -> None:
    table, one = CircuitTable(most=10), BreakerSettings(1, 30.0)

    for number in range(50):
        table.conclude(("t", f"h{number}", 80), Pass(is_trial=False), Verdict.FAILURE, 0.0, one)

    assert len(table) == 10
    assert isinstance(table.admit(("t", "h49", 80), 1.0, one), Blocked)


# -- the client ----------------------------------------------------------------------------------


@dataclass
class Remote:
    """An HTTP client that does what `answer` says, at a time of the test's own."""

    answer: Callable[[], HttpResponse]
    calls: int = 0
    now: float = 100.0
    gate: asyncio.Event | None = field(default=None)

    async def request(self, method: str, url: str, **options: Any) -> HttpResponse:
        self.calls += 1
        if self.gate is not None:
            await self.gate.wait()
        return self.answer()


def status(number: int) -> Callable[[], HttpResponse]:
    return lambda: HttpResponse(number, {}, "https://api.example.com/", b"")


def raising(error: Exception) -> Callable[[], HttpResponse]:
    def answer() -> HttpResponse:
        raise error

    return answer


def breaking(
    remote: Remote, table: CircuitTable | None = None, settings: BreakerSettings = THREE_IN_A_ROW
) -> BreakingHttpClient:
    table = table if table is not None else CircuitTable()
    return BreakingHttpClient(remote, table, tenant="t", settings=settings, clock=lambda: remote.now)


async def get(client: BreakingHttpClient, url: str = "https://api.example.com/x") -> HttpResponse:
    return await client.request(
        "GET", url, headers={}, body=None, timeout_s=5.0, max_bytes=100, follow_redirects=True
    )


async def code_of(client: BreakingHttpClient, url: str = "https://api.example.com/x") -> str:
    try:
        return str((await get(client, url)).status)
    except NodeError as error:
        return error.code


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("answer", "counts"),
    [
        (status(500), True),
        (status(503), True),
        (raising(NodeTimeout("slow")), True),
        (raising(NodeError("refused", code="http_error", retryable=True)), True),
        (status(429), False),
        (status(404), False),
        (status(200), False),
        (status(304), False),
        (raising(NodeError("not allowed", code="egress_refused")), False),
        (raising(NodeError("too large", code="http_too_large")), False),
    ],
    ids=["500", "503", "timeout", "transport", "429", "404", "200", "304", "egress", "too large"],
)
async def test_what_counts_as_a_failure_of_the_host(answer: Callable[[], HttpResponse], counts: bool) -> None:
    remote = Remote(answer)
    client = breaking(remote)

    codes = [await code_of(client) for _ in range(4)]

    assert (codes[-1] == "circuit_open") is counts
    assert remote.calls == (3 if counts else 4)


@pytest.mark.asyncio
async def test_the_error_names_the_host_the_beginning_and_the_next_trial() -> None:
    remote = Remote(status(502))
    client = breaking(remote)
    for _ in range(3):
        await get(client, "http://api.example.com:8080/x?token=1")
    remote.now += 12.5

    with pytest.raises(NodeError) as caught:
        await get(client, "http://api.example.com:8080/y")

    error = caught.value
    assert (error.code, error.retryable, error.facts["retry_after_s"]) == ("circuit_open", True, 17.5)
    assert error.facts["host"] == "api.example.com:8080"
    assert error.facts["open_since"] < error.facts["next_trial_at"]
    assert error.message.startswith("api.example.com:8080 is not called: its last 3 calls failed")
    assert "(in 17.5 s)" in error.message


@pytest.mark.asyncio
async def test_a_retry_waits_for_the_trial() -> None:
    remote = Remote(status(502))
    client = breaking(remote)
    for _ in range(3):
        await get(client)
    with pytest.raises(NodeError) as caught:
        await get(client)

    policy = RetryPolicy(max_retries=1, initial_delay=0.01, retry_on_status=frozenset({502}))

    assert policy.allows(caught.value)
    assert caught.value.facts["retry_after_s"] == 30.0


@pytest.mark.asyncio
async def test_of_many_calls_at_once_one_alone_is_the_trial() -> None:
    remote = Remote(status(500))
    client = breaking(remote)
    for _ in range(3):
        await get(client)
    remote.now += 31
    remote.answer, remote.gate = status(200), asyncio.Event()

    calls = [asyncio.ensure_future(code_of(client)) for _ in range(20)]
    await asyncio.sleep(0)
    remote.gate.set()
    codes = await asyncio.gather(*calls)

    assert sorted(codes) == ["200", *["circuit_open"] * 19]
    assert remote.calls == 4
    assert await code_of(client) == "200"


@pytest.mark.asyncio
async def test_a_cancelled_trial_leaves_the_trial_to_the_next() -> None:
    remote = Remote(status(500))
    client = breaking(remote)
    for _ in range(3):
        await get(client)
    remote.now += 31
    remote.answer, remote.gate = status(200), asyncio.Event()
    trial = asyncio.ensure_future(get(client))
    await asyncio.sleep(0)

    trial.cancel()
    with pytest.raises(asyncio.CancelledError):
        await trial
    remote.gate.set()

    assert await code_of(client) == "200"


@pytest.mark.asyncio
async def test_an_attempt_that_is_interrupted_at_its_time_limit_counts() -> None:
    remote = Remote(status(200), gate=asyncio.Event())
    client = breaking(remote, settings=BreakerSettings(1, 30.0))
    call = asyncio.ensure_future(get(client))
    await asyncio.sleep(0)

    remote.now += 5.0
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call

    assert await code_of(client) == "circuit_open"


@pytest.mark.asyncio
async def test_runs_of_a_tenant_share_the_circuit_and_a_run_without_a_threshold_has_none() -> None:
    remote, table = Remote(status(500)), CircuitTable()
    config = RuntimeConfig(circuit_breaker_threshold=2, circuit_breaker_reset=60)
    first, second = (with_breaker(remote, table, tenant="t", config=config) for _ in range(2))
    for client in (first, second):
        await client.request(
            "GET", "http://a/", headers={}, body=None, timeout_s=1, max_bytes=1, follow_redirects=True
        )

    assert isinstance(first, BreakingHttpClient)
    assert await code_of(first, "http://a/") == "circuit_open"
    assert with_breaker(remote, table, tenant="t", config=RuntimeConfig()) is remote
