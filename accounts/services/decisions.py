"""Writes what was decided: every denial, and what was allowed as often as the tenant asked for."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.acting import request_id
from accounts.environment import Circumstances, Noted, asked, circumstances
from accounts.models import DecisionLog, DecisionVia

log = logging.getLogger(__name__)


@contextmanager
def asked_and_logged(via: DecisionVia, ip: str | None = None) -> Iterator[Circumstances]:
    """As `asked`; in the end, also after a failure, what was noted is written in a transaction of its own.

    Without an address it is that of the question under way.
    """
    around = circumstances()
    if ip is None and around is not None:
        ip = around.ip
    with asked(via, ip) as current:
        try:
            yield current
        finally:
            log_decisions(current.noted.values(), current.via)
            current.noted.clear()


def log_decisions(noted: Iterable[Noted], via: DecisionVia) -> None:
    """Writes them. What the database refuses is logged, and keeps nobody from their answer."""
    rows = [_row(each, via) for each in noted]
    if not rows:
        return
    try:
        with transaction.atomic():
            DecisionLog.objects.bulk_create(rows)
    except DatabaseError:
        log.exception("%s decisions were not logged", len(rows))


def _row(noted: Noted, via: DecisionVia) -> DecisionLog:
    decision, resource = noted.decision, noted.resource
    return DecisionLog(
        tenant_id=noted.tenant_id,
        at=timezone.now(),
        user_id=noted.user_id,
        action=decision.action[:60],
        resource_type="" if resource is None else resource.type,
        resource_id="" if resource is None else resource.id[:200],
        allowed=decision.allowed,
        rule=str(decision.rule),
        reason=decision.reason,
        policies=list(decision.policies),
        missing=list(decision.missing),
        shadow=list(decision.shadow),
        via=via,
        request_id=request_id(),
    )
