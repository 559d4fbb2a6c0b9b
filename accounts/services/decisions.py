"""Writes what was decided: every denial, and what was allowed as often as the tenant asked for."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from ipaddress import ip_address

from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.acting import request_id
from accounts.environment import Circumstances, Noted, asked, circumstances
from accounts.models import DecisionLog, DecisionVia, User
from accounts.services.audit import record_denial

KEPT_FOR = timedelta(days=90)
BATCH = 1_000
log = logging.getLogger(__name__)
_MET_BY_PEOPLE = frozenset({DecisionVia.REST, DecisionVia.SOCKET, DecisionVia.ADMIN})


@contextmanager
def asked_and_logged(
    via: DecisionVia, ip: str | None = None, mfa_at: Callable[[], datetime | None] | None = None
) -> Iterator[Circumstances]:
    """As `asked`; in the end, also after a failure, what was noted is written in a transaction of its own.

    Without an address it is that of the question under way, and so is the second factor.
    """
    around = circumstances()
    if ip is None and around is not None:
        ip = around.ip
    if mfa_at is None and around is not None:
        mfa_at = around.mfa_at
    with asked(via, ip, mfa_at) as current:
        try:
            yield current
        finally:
            log_decisions(current.noted.values(), current.via, current.ip)
            current.noted.clear()


def log_decisions(noted: Iterable[Noted], via: DecisionVia, ip: str | None = None) -> None:
    """Writes them. What the database refuses is logged, and keeps nobody from their answer."""
    noted = list(noted)
    rows = [_row(each, via, _address(ip)) for each in noted]
    if not rows:
        return
    try:
        with transaction.atomic():
            DecisionLog.objects.bulk_create(rows)
            if via in _MET_BY_PEOPLE:
                _record_denials(noted)
    except DatabaseError:
        log.exception("%s decisions were not logged", len(rows))


def _record_denials(noted: Iterable[Noted]) -> None:
    denials = [each for each in noted if not each.decision.allowed]
    people = User.objects.in_bulk({each.user_id for each in denials}) if denials else {}
    for each in denials:
        record_denial(each.decision, each.resource, by=people.get(each.user_id))


def forget_old_decisions() -> int:
    """Deletes what is older than `KEPT_FOR`, the oldest first. How many rows went."""
    before, gone = timezone.now() - KEPT_FOR, 0
    while True:
        oldest = DecisionLog.objects.order_by("id").values_list("pk", "at")[:BATCH]
        old = [key for key, at in oldest if at < before]
        gone += DecisionLog.objects.filter(pk__in=old).delete()[0]
        if len(old) < BATCH:
            return gone


def _address(ip: str | None) -> str | None:
    """An address that the database takes; None for what is none, such as the path of a socket."""
    try:
        return None if ip is None else str(ip_address(ip.partition("%")[0]))
    except ValueError:
        return None


def _row(noted: Noted, via: DecisionVia, ip: str | None) -> DecisionLog:
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
        ip=ip,
    )
