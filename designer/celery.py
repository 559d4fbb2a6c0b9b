"""The Celery application: a doorbell. PostgreSQL holds the truth; a lost message costs latency alone."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "designer.settings")

from django.conf import settings

app = Celery("lockgate")
app.conf.update(
    broker_url=settings.CELERY_BROKER_URL,
    broker_transport_options={"global_keyprefix": settings.CELERY_QUEUE_PREFIX, "visibility_timeout": 3600},
    broker_connection_retry_on_startup=True,
    task_ignore_result=True,
    result_backend=None,
    task_acks_late=False,
    task_default_queue="drive",
    task_routes={
        "runtime.tasks.drive": {"queue": "drive"},
        "runtime.tasks.work_on_chunk": {"queue": "drive"},
        "runtime.tasks.maintain": {"queue": "maintenance"},
    },
    task_serializer="json",
    accept_content=["json"],
    worker_prefetch_multiplier=4,
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    timezone="UTC",
    enable_utc=True,
)
app.autodiscover_tasks(["runtime"])


@signals.setup_logging.connect(weak=False)
def keep_logging(**_: Any) -> None:
    """Django has set up logging; that somebody listens here keeps Celery from setting a level of its own."""
