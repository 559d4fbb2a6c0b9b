"""Tells the workers that there is a run to look at."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError

if TYPE_CHECKING:
    from celery import Celery

log = logging.getLogger(__name__)


def ring_hosts_on_commit(run_id: UUID) -> None:
    """Rings once this transaction commits. A lost ring costs seconds: every host also looks by itself."""
    transaction.on_commit(lambda: _ring(run_id), robust=True)


def _ring(run_id: UUID) -> None:
    try:
        _celery().send_task("runtime.tasks.drive", (str(run_id),), ignore_result=True, retry=False)
    except OperationalError as error:
        log.warning("no worker was told of run %s: %s", run_id, error)


@cache
def _celery() -> Celery:
    """The project's Celery application, imported when it is first needed."""
    app: Celery = import_string(settings.CELERY_APP)
    return app
