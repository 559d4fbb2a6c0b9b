"""The host inside a Celery worker: it starts when the worker is ready and drains when it shuts down."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

from celery import signals
from django.conf import settings

if TYPE_CHECKING:
    from runtime.host.host import RunHost

DRIVE_QUEUE = "drive"
_host: RunHost | None = None


def connect() -> None:
    """Ties the host to the worker's life. Harmless in processes that are no worker."""
    signals.worker_ready.connect(_start, weak=False, dispatch_uid="run host")
    signals.worker_shutting_down.connect(_stop_claiming, weak=False, dispatch_uid="run host")
    signals.worker_shutdown.connect(_stop, weak=False, dispatch_uid="run host")


def ring() -> None:
    """Tells this process's host to look for work; nothing where there is none."""
    if _host is not None:
        _host.ring()


def open_host() -> RunHost:
    """A host over the settings of this process, not started."""
    from runtime.host.host import RunHost
    from runtime.host.node_services import ProcessServices
    from runtime.live.doorbell import channel_layer

    return RunHost(
        slots=settings.RUN_SLOTS,
        grace_s=settings.RUN_DRAIN_S,
        services=ProcessServices,
        layer=channel_layer,
        on_failure=_end_process,
    )


def _start(sender: Any = None, **_: Any) -> None:
    global _host
    if DRIVE_QUEUE not in sender.app.amqp.queues.consume_from:
        return
    _host = open_host()
    _host.start()


def _stop_claiming(**_: Any) -> None:
    if _host is not None:
        _host.stop_claiming()


def _stop(**_: Any) -> None:
    global _host
    if _host is not None:
        host, _host = _host, None
        host.stop()


def _end_process() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
