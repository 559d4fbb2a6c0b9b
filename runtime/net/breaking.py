"""An HTTP client behind circuit breakers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from runtime.engine.errors import NodeError
from runtime.net.breaker import Blocked, BreakerSettings, CircuitTable, Key, Verdict
from runtime.net.client import read_url
from runtime.net.redirects import origin_of
from runtime.services_protocol import BodySink, HttpClient, HttpResponse

# Failures of the host or of the way to it. What our own side refuses says nothing about the host.
_HOST_FAILURES: Final = frozenset({"http_error", "timeout"})
_SHARE_OF_TIME_LIMIT: Final = 0.99


class BreakerConfig(Protocol):
    """The part of `RuntimeConfig` that decides."""

    @property
    def circuit_breaker_threshold(self) -> int | None: ...
    @property
    def circuit_breaker_reset(self) -> float: ...


def with_breaker(
    client: HttpClient, table: CircuitTable, *, tenant: str, config: BreakerConfig
) -> HttpClient:
    """`client` behind the circuits of `table`; `client` itself when the configuration has no threshold."""
    if config.circuit_breaker_threshold is None:
        return client
    settings = BreakerSettings(config.circuit_breaker_threshold, config.circuit_breaker_reset)
    return BreakingHttpClient(client, table, tenant=tenant, settings=settings)


class BreakingHttpClient:
    """An `HttpClient` whose calls fail at once while their host's circuit is open.

    Transport errors, timeouts and answers of 500 and above count against the host that was asked;
    answers below 400 clear it; other answers do neither.
    """

    def __init__(
        self,
        client: HttpClient,
        table: CircuitTable,
        *,
        tenant: str,
        settings: BreakerSettings,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._table = table
        self._tenant = tenant
        self._settings = settings
        self._clock = clock

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None,
        timeout_s: float,
        max_bytes: int,
        follow_redirects: bool,
        sink: BodySink | None = None,
    ) -> HttpResponse:
        """As the client's. Raises also `NodeError` (`circuit_open`, retryable when the wait is over)."""
        key, place = self._key_of(url)
        started = self._clock()
        passed = self._table.admit(key, started, self._settings)
        if isinstance(passed, Blocked):
            raise _open_circuit(place, passed, started)
        verdict = Verdict.NEUTRAL
        try:
            response = await self._client.request(
                method,
                url,
                headers=headers,
                body=body,
                timeout_s=timeout_s,
                max_bytes=max_bytes,
                follow_redirects=follow_redirects,
                sink=sink,
            )
            verdict = _verdict_of_status(response.status)
        except NodeError as error:
            verdict = Verdict.FAILURE if error.code in _HOST_FAILURES else Verdict.NEUTRAL
            raise
        except asyncio.CancelledError:
            # The driver's own timer of an attempt may fire a moment before the client's.
            if self._clock() - started >= _SHARE_OF_TIME_LIMIT * timeout_s:
                verdict = Verdict.FAILURE
            raise
        finally:
            self._table.conclude(key, passed, verdict, self._clock(), self._settings)
        return response

    def _key_of(self, url: str) -> tuple[Key, str]:
        read = read_url(url)
        _, host, port = origin_of(read)
        place = host if read.port is None else f"{host}:{port}"
        return (self._tenant, host, port), place


def _verdict_of_status(status: int) -> Verdict:
    if status >= 500:
        return Verdict.FAILURE
    return Verdict.NEUTRAL if status >= 400 else Verdict.SUCCESS


def _open_circuit(place: str, blocked: Blocked, now: float) -> NodeError:
    moment = datetime.now(UTC)
    since = moment - timedelta(seconds=now - blocked.opened_at)
    trial = moment + timedelta(seconds=blocked.wait_s)
    return NodeError(
        f"{place} is not called: its last {blocked.failures} calls failed and its circuit has been open "
        f"since {since:%H:%M:%S} UTC; the next trial call is due at {trial:%H:%M:%S} UTC "
        f"(in {blocked.wait_s:.1f} s)",
        code="circuit_open",
        retryable=True,
        host=place,
        open_since=since.isoformat(timespec="milliseconds"),
        next_trial_at=trial.isoformat(timespec="milliseconds"),
        retry_after_s=round(blocked.wait_s, 3),
    )
