"""Model calls of runs on the server: which models there are, what was used, and what still may be."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import F, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from runtime.llm.budget import Call, Limits, Total, refuse_overspent
from runtime.llm.models import EMPTY_BOOK, ModelBook, read_book
from runtime.models import ModelCall
from runtime.services.in_thread import patiently

KEPT: Final = timedelta(days=400)


class RunModels:
    """`runtime.llm.desk.ModelDesk` of one run."""

    def __init__(self, run_id: UUID, tenant_id: UUID) -> None:
        self._run_id = run_id
        self._tenant_id = tenant_id

    def book(self) -> ModelBook:
        return _book(settings.LLM_MODELS)

    async def check(self, limits: Limits) -> None:
        monthly = monthly_limits()
        if not limits.are_none or not monthly.are_none:
            await patiently(self._check, limits, monthly)

    async def note(self, call: Call) -> None:
        await patiently(self._note, call)

    def _check(self, limits: Limits, monthly: Limits) -> None:
        refuse_overspent(limits, used(run_id=self._run_id), "This run")
        month = timezone.now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        if not monthly.are_none:
            refuse_overspent(
                monthly, used(tenant_id=self._tenant_id, at__gte=month), "This workspace, this month,"
            )

    def _note(self, call: Call) -> None:
        ModelCall.objects.create(
            tenant_id=self._tenant_id,
            run_id=self._run_id,
            node=call.node,
            model=call.model[:200],
            provider=call.provider[:200],
            tokens_in=call.tokens_in,
            tokens_out=call.tokens_out,
            cost=call.cost,
            at=timezone.now(),
        )


def used(**which: UUID | datetime) -> Total:
    """What the calls of a run, or of a workspace since some moment, took."""
    tokens = Coalesce(F("tokens_in"), 0) + Coalesce(F("tokens_out"), 0)
    found = ModelCall.objects.filter(**which).aggregate(tokens=Sum(tokens), cost=Sum("cost"))
    return Total(int(found["tokens"] or 0), found["cost"] or Decimal(0))


def monthly_limits() -> Limits:
    """What one workspace may use in a month (UTC), where the operator says so."""
    return Limits(settings.LLM_MONTHLY_TOKENS or None, Decimal(settings.LLM_MONTHLY_COST) or None)


def forget_old_calls() -> int:
    """Deletes calls that no budget counts any more; how many."""
    return ModelCall.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]


@lru_cache(maxsize=4)
def _book(text: str) -> ModelBook:
    return read_book(text) if text else EMPTY_BOOK
