"""`/metrics`: the installation in numbers, as Prometheus reads them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from runtime.host.counters import ATTEMPT_SECONDS, LAG_SECONDS
from runtime.models import Host
from runtime.queries import metrics
from runtime.services.run_tally import RUN_SECONDS

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_LOOPBACK = ("127.0.0.1", "::1")
_OF_PROXIES = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")
Family = CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily


class MetricsView(AuthorizedView, APIView):
    """By token; or by anybody on this machine itself, where the operator says `METRICS_OPEN=1`."""

    actions: ClassVar[dict[str, str]] = {"GET": "metrics.view"}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if not _is_open_to(request):
            super().initial(request, *args, **kwargs)

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        registry = CollectorRegistry()
        registry.register(_Installation())
        return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE)


def _is_open_to(request: Request) -> bool:
    """A proxy on this machine speaks for others: what came through one is not from here."""
    is_local = request.META.get("REMOTE_ADDR") in _LOOPBACK
    return bool(settings.METRICS_OPEN) and is_local and not any(name in request.META for name in _OF_PROXIES)


class _Installation(Collector):
    """All that is told, read when it is asked for."""

    def describe(self) -> Iterable[Family]:
        return ()

    def collect(self) -> Iterator[Family]:
        yield from _runs()
        hosts = metrics.live_hosts()
        yield from _hosts(hosts)
        yield from _attempts(hosts)
        yield from _rest()


def _runs() -> Iterator[Family]:
    active = dict.fromkeys(("queued", "running", "waiting", "paused"), 0) | dict(metrics.active_runs())
    gauge = GaugeMetricFamily("lockgate_runs_active", "Runs that have not ended", labels=["status"])
    for status, count in active.items():
        gauge.add_metric([status], count)
    yield gauge
    yield GaugeMetricFamily(
        "lockgate_queue_oldest_seconds", "For how long the oldest queued run waits", metrics.oldest_queued_s()
    )
    seconds: dict[tuple[str, str], float] = defaultdict(float)
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * (len(RUN_SECONDS) + 1))
    for row in metrics.ended_runs():
        key = (row.trigger, row.status)
        place = RUN_SECONDS.index(row.upto_s) if row.upto_s in RUN_SECONDS else len(RUN_SECONDS)
        seconds[key] += row.seconds
        counts[key][place] += row.runs
    ended = HistogramMetricFamily(
        "lockgate_run_seconds",
        "Runs that ended, by the seconds from their creation to their end",
        labels=["trigger", "status"],
    )
    for key, found in counts.items():
        ended.add_metric(list(key), _buckets(RUN_SECONDS, found), seconds[key])
    yield ended


def _hosts(hosts: Sequence[Host]) -> Iterator[Family]:
    yield GaugeMetricFamily("lockgate_hosts", "Workers that are alive", len(hosts))
    slots = GaugeMetricFamily("lockgate_slots", "Runs that a worker drives at most", labels=["host"])
    used = GaugeMetricFamily("lockgate_slots_used", "Runs that a worker drives now", labels=["host"])
    sandbox = GaugeMetricFamily(
        "lockgate_sandbox_ready", "Whether a worker runs code in its sandbox", labels=["host"]
    )
    lag = HistogramMetricFamily(
        "lockgate_event_commit_seconds", "Age of a commit's oldest event once it is durable", labels=["host"]
    )
    for host in hosts:
        slots.add_metric([host.name], host.slots)
        used.add_metric([host.name], host.driving)
        sandbox.add_metric([host.name], float(host.sandbox in ("isolated", "trusted-authors")))
        if "lag" in host.counters:
            told = host.counters["lag"]
            lag.add_metric([host.name], _buckets(LAG_SECONDS, told["counts"]), told["sum"])
    yield from (slots, used, sandbox, lag)


def _attempts(hosts: Sequence[Host]) -> Iterator[Family]:
    attempts = CounterMetricFamily(
        "lockgate_node_attempts", "Attempts of nodes that ended", labels=["host", "type", "outcome"]
    )
    seconds = HistogramMetricFamily(
        "lockgate_node_seconds", "Seconds that attempts of nodes took", labels=["host", "type"]
    )
    cpu = CounterMetricFamily(
        "lockgate_node_cpu_seconds", "Processor time of attempts, where it is known", labels=["host", "type"]
    )
    for host in hosts:
        for node_type, outcome, count in host.counters.get("attempts", ()):
            attempts.add_metric([host.name, node_type, outcome], count)
        for node_type, told in host.counters.get("seconds", {}).items():
            seconds.add_metric([host.name, node_type], _buckets(ATTEMPT_SECONDS, told["counts"]), told["sum"])
        for node_type, used in host.counters.get("cpu_s", {}).items():
            cpu.add_metric([host.name, node_type], used)
    yield from (attempts, seconds, cpu)


def _rest() -> Iterator[Family]:
    yield _gauges("lockgate_table_bytes", "Bytes on disk", "table", metrics.table_bytes())
    yield _gauges("lockgate_outbox", "Notices by how they stand", "status", metrics.outbox_by_status())
    yield _gauges(
        "lockgate_webhook_deliveries",
        "Webhook deliveries that are kept, by their outcome",
        "outcome",
        metrics.deliveries_by_outcome(),
    )
    yield GaugeMetricFamily(
        "lockgate_approvals_pending", "Approvals that nobody has decided", metrics.pending_approvals()
    )
    yield _gauges(
        "lockgate_maintenance_failures",
        "How often a job of upkeep failed in a row",
        "job",
        metrics.failing_jobs(),
    )


def _gauges(name: str, text: str, label: str, rows: Iterable[tuple[Any, ...]]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=[label])
    for value, count in rows:
        family.add_metric([str(value)], count)
    return family


def _buckets(bounds: Sequence[float], counts: Sequence[int]) -> list[tuple[str, float]]:
    """Cumulative, as Prometheus wants them."""
    total, found = 0, []
    for bound, count in zip([*bounds, float("inf")], counts, strict=True):
        total += count
        found.append(("+Inf" if bound == float("inf") else str(bound), float(total)))
    return found
