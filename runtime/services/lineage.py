"""Keeps what steps say that they did to data."""

from __future__ import annotations

import hashlib
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.audit import record
from runtime.credentials.redactor import Redactor
from runtime.lineage.protocols import Tracked, Transformation
from runtime.models import LineageRecord, Run
from runtime.services.in_thread import patiently


class RunLineage:
    """`runtime.lineage.protocols.LineageDesk` of one run."""

    def __init__(
        self, *, run_id: UUID, tenant_id: UUID, principal_id: UUID | None, redactor: Redactor
    ) -> None:
        self._run_id = run_id
        self._tenant_id = tenant_id
        self._principal_id = principal_id
        self._redactor = redactor

    async def track(self, transformation: Transformation) -> Tracked:
        return await patiently(self._track, transformation)

    def _track(self, done: Transformation) -> Tracked:
        key = hashlib.sha256(done.key.encode()).hexdigest()
        found = LineageRecord.objects.filter(tenant_id=self._tenant_id, key=key).first()
        if found is None:
            try:
                with transaction.atomic():
                    found = self._create(done, key)
            except IntegrityError:  # another claim of the run was as fast
                found = LineageRecord.objects.get(tenant_id=self._tenant_id, key=key)
        return Tracked(str(found.pk), found.created_at, True, found.audited)

    def _create(self, done: Transformation, key: str) -> LineageRecord:
        run = Run.objects.only("number", "workflow_id").get(pk=self._run_id)
        clean = self._redactor.value
        made = LineageRecord.objects.create(
            tenant_id=self._tenant_id,
            workflow_id=run.workflow_id,
            run_id=self._run_id,
            run_number=run.number,
            node=done.node,
            key=key,
            transformation_type=self._redactor.text(done.type),
            source=clean(dict(done.source)),
            target=clean(dict(done.target)),
            inputs=clean(dict(done.inputs)),
            frameworks=list(done.frameworks),
            audited=done.audit,
            recorded_by_id=self._principal_id,
            created_at=timezone.now(),
        )
        if done.audit:
            by = User.objects.filter(pk=self._principal_id).first() if self._principal_id else None
            after = {"run": run.number, "node": done.node, "frameworks": list(done.frameworks)}
            record("lineage.track", made, by=by, label=f"{done.node}, run {run.number}", after=after)
        return made
