"""A worker with faults: the product's own host or Celery worker, started by a program that installs handlers.

`python -m tests.chaos.faulty_worker [--fault commit.after:3=kill]… [--setting RUN_LEASE_S=1]… [--celery]`

Without `--celery` it is the host alone, as the worker runs it, until SIGTERM. The product has no switch for
any of this.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

CELERY = (
    *("-A", "designer", "worker", "-P", "threads", "-Q", "drive,maintenance"),
    *("--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "warning"),
)

NEVER_S = 600.0


def prepare() -> None:
    """Imports what a host needs, and the tests' node types; opens nothing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "designer.settings")
    import django

    django.setup()
    import celery.apps.worker
    import channels_redis.core
    import psycopg

    import designer.celery
    import runtime.host.host
    import runtime.host.node_services
    import runtime.services.dataset_store
    import runtime.tasks
    from runtime.services.registry import node_registry
    from tests.chaos import nodes

    assert celery.apps.worker and channels_redis.core and psycopg and designer.celery
    assert runtime.host.host and runtime.host.node_services and runtime.services.dataset_store
    assert runtime.tasks
    for node_class in nodes.CLASSES:
        node_registry().add(node_class)


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--fault", action="append", default=[])
    parser.add_argument("--setting", action="append", default=[])
    parser.add_argument("--count-in", type=Path)
    parser.add_argument("--celery", action="store_true")
    parser.add_argument("--asks-never", action="store_true", help="it takes what bells tell of alone")
    parser.add_argument("--call", nargs="+", help="one of `tests.chaos.calls`, and what it takes")
    options = parser.parse_args(arguments)
    from django.conf import settings

    from runtime.host import fault_points
    from runtime.host.batches import chunk_host
    from tests.chaos.calls import CALLS
    from tests.chaos.faults import Fault, Handler

    for setting in options.setting:
        name, _, value = setting.partition("=")
        setattr(settings, name, float(value) if "." in value else int(value))
    if options.asks_never:
        settings.RUN_SWEEP_S = chunk_host.IDLE_LOOK_S = chunk_host.BUSY_LOOK_S = NEVER_S
    faults = [Fault.from_text(text) for text in options.fault]
    fault_points.install(Handler(faults, options.count_in))
    if options.call:
        CALLS[options.call[0]](*options.call[1:])
    elif options.celery:
        _work_for_celery()
    else:
        _work()


def _work_for_celery() -> None:
    from celery.__main__ import main as celery

    sys.argv = ["celery", *CELERY]
    celery()


def _work() -> None:
    """What a Celery worker's signals start and stop, without its consumer: nobody rings, the host sweeps."""
    from celery import signals

    from runtime.host import worker

    is_over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: is_over.set())
    worker._start(_Consumer())
    is_over.wait()
    signals.worker_shutting_down.send(sender="celery@test", sig="SIGTERM", how="Warm", exitcode=0)
    signals.worker_shutdown.send(sender=None)


class _Consumer:
    """As much of Celery's as its listeners look at."""

    def __init__(self) -> None:
        queues = SimpleNamespace(consume_from={"drive": None, "maintenance": None})
        self.app = SimpleNamespace(amqp=SimpleNamespace(queues=queues))


if __name__ == "__main__":
    prepare()
    main(sys.argv[1:])
