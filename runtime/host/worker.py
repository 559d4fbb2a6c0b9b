"""The host and the upkeep inside a Celery worker: from its beginning until it has drained."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Collection
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from celery import bootsteps, signals
from django.conf import settings

from runtime.host.lease import HostLease
from runtime.maintenance import waking

if TYPE_CHECKING:
    from uuid import UUID

    from runtime.host.batches.chunk_host import ChunkHost
    from runtime.host.host import RunHost
    from runtime.host.node_services import ProcessServices
    from runtime.host.permits import Permits
    from runtime.maintenance.worker import MaintenanceWorker

log = logging.getLogger(__name__)

DRIVE_QUEUE = "drive"
MAINTENANCE_QUEUE = "maintenance"
_host: RunHost | None = None
_maintenance: MaintenanceWorker | None = None


def connect() -> None:
    """Ties the host to the worker's life. Harmless in processes that are no worker."""
    signals.worker_init.connect(_add_step, weak=False, dispatch_uid="run host")
    signals.worker_shutting_down.connect(_stop_claiming, weak=False, dispatch_uid="run host")
    signals.worker_shutdown.connect(_stop, weak=False, dispatch_uid="run host")


def ring() -> None:
    """Tells this process's host to look for work; nothing where there is none."""
    if _host is not None:
        _host.ring()


def ring_chunks() -> None:
    """Tells this process's host to look for chunks of batches; nothing where there is none."""
    if _host is not None:
        _host.ring_chunks()


def open_host() -> RunHost:
    """A host over the settings of this process, not started."""
    from runtime.host.host import RunHost
    from runtime.host.node_services import ProcessServices
    from runtime.live.doorbell import channel_layer
    from runtime.services.ringing import ring_hosts
    from runtime.tracing.tracer import open_tracer

    tracer = open_tracer(settings.OTEL_ENDPOINT, settings.OTEL_HEADERS)
    return RunHost(
        slots=settings.RUN_SLOTS,
        grace_s=settings.RUN_DRAIN_S,
        services=ProcessServices if tracer is None else partial(ProcessServices, tracer.traceparent),
        layer=channel_layer,
        lease=partial(HostLease, beat_s=settings.RUN_BEAT_S, lease_s=settings.RUN_LEASE_S),
        on_failure=_end_process,
        on_ended=partial(waking.wake_here, "follow_up"),
        ring_others=ring_hosts,
        per_tenant=settings.RUNS_PER_TENANT,
        trace=tracer,
        sweep_s=settings.RUN_SWEEP_S,
        chunks=open_chunks,
    )


def open_chunks(host_id: UUID, services: ProcessServices, permits: Permits) -> ChunkHost:
    """What works on chunks in this process, on the loop that calls."""
    from runtime.host.batches.chunk_host import ChunkHost
    from runtime.services.ringing import send_task

    chunks = ChunkHost(
        host_id,
        slots=settings.BATCH_SLOTS,
        services=services,
        permits=permits,
        ring=partial(send_task, "runtime.tasks.work_on_chunk"),
    )
    services.serve_chunks(chunks)
    return chunks


def open_maintenance() -> MaintenanceWorker:
    """What looks after the jobs of upkeep, not started."""
    from runtime.maintenance.jobs import JOBS
    from runtime.maintenance.worker import MaintenanceWorker

    return MaintenanceWorker(JOBS)


class _HostStep(bootsteps.StartStopStep):
    """Before the worker looks for its broker, which runs do not need; after it heeds SIGTERM."""

    def start(self, parent: Any) -> None:
        _start(parent)


def _add_step(sender: Any, **_: Any) -> None:
    sender.app.steps["worker"].add(_HostStep)


def _start(sender: Any) -> None:
    try:
        _start_what_is_served(sender.app.amqp.queues.consume_from)
    except Exception:
        # Celery would log it and go on: a worker that takes messages, and no runs.
        log.exception("the worker ends, because its host did not start")
        _end_process()


def _start_what_is_served(queues: Collection[str]) -> None:
    global _host, _maintenance
    if MAINTENANCE_QUEUE in queues:
        _maintenance = open_maintenance()
        _maintenance.start()
        waking.serve(_maintenance)
    if DRIVE_QUEUE in queues:
        _say_which_key_is_missing()
        host = open_host()
        host.start()
        _host = host


def _say_which_key_is_missing() -> None:
    from django.db import DatabaseError, connection

    from runtime.services.credential_upkeep import key_complaint

    try:
        complaint = key_complaint()
    except DatabaseError as error:
        complaint = f"the keys of credentials are not checked: {error}"
    finally:
        connection.close()
    if complaint:
        log.error("%s", complaint)


def _stop_claiming(**_: Any) -> None:
    if _host is not None:
        _host.stop_claiming()


def _stop(**_: Any) -> None:
    """The host first: what follows from the runs that end while it drains is arranged at once."""
    global _host, _maintenance
    if _host is not None:
        host, _host = _host, None
        host.stop()
    if _maintenance is not None:
        maintenance, _maintenance = _maintenance, None
        waking.serve(None)
        maintenance.stop()
    _close_pool()


def _close_pool() -> None:
    """Else the pool waits for its threads while the interpreter ends, where they run no more."""
    from django.db import connection

    connection.close()
    cast(Any, connection).close_pool()  # of PostgreSQL's connections alone


def _end_process() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
