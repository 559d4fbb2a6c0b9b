"""What a worker needs for the chunks of one step: the run's services, as its own steps have them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol
from uuid import UUID

from django.utils import timezone

from runtime.batch.protocols import Chunk, ChunkResult, Failure, RateGate
from runtime.batch.rate import OpenGate
from runtime.batch.spec import BatchSpec
from runtime.batch.work import work_of
from runtime.credentials.redactor import Redactor
from runtime.engine.aside import Aside
from runtime.engine.config import RuntimeConfig
from runtime.engine.node import Level
from runtime.engine.plan import Plan
from runtime.host.access_desk import HostAccessDesk
from runtime.host.batches.gate import HostGate
from runtime.host.batches.patience import PatientDatabase
from runtime.host.permits import Permit, PermitKey, Permits
from runtime.models import BatchStep, Run
from runtime.queries.plans import plan_of_run
from runtime.services.in_thread import patiently
from runtime.services_protocol import AccessDesk, CodeRequest, NodeServices

# A place that nobody works at is kept for so long: the next chunk may come soon.
KEPT_S = 10.0
MAX_LINES, MAX_LINE_CHARACTERS = 200, 8_000


class RunServices(Protocol):
    def for_run(
        self,
        *,
        run_id: UUID,
        tenant_id: UUID,
        principal_id: UUID | None,
        config: RuntimeConfig,
        redactor: Redactor,
        access: AccessDesk,
    ) -> NodeServices: ...
    async def recall_secrets(self, run_id: UUID, redactor: Redactor) -> None: ...


@dataclass(slots=True)
class ChunkContext:
    """A `WorkContext` of one chunk: what is logged and used goes with its end to the step's coordinator."""

    deadline: float | None
    aside: Aside | None = None
    lines: list[tuple[str, str]] = field(default_factory=list)
    cpu_s: float = 0.0
    peak_mb: float | None = None

    @property
    def timeout_s(self) -> float | None:
        return None if self.deadline is None else max(0.0, self.deadline - time.monotonic())

    def log(self, level: Level, text: str) -> None:
        """May be called from any thread."""
        if len(self.lines) < MAX_LINES:
            self.lines.append((level, text[:MAX_LINE_CHARACTERS]))

    def use(self, *, cpu_s: float | None = None, peak_mb: float | None = None) -> None:
        self.cpu_s += cpu_s or 0.0
        if peak_mb is not None:
            self.peak_mb = max(self.peak_mb or 0.0, peak_mb)

    def told(self) -> dict[str, Any] | None:
        """As it is stored; None where there is nothing to tell."""
        facts: dict[str, Any] = {"lines": self.lines} if self.lines else {}
        if self.cpu_s:
            facts["cpu_s"] = self.cpu_s
        if self.peak_mb is not None:
            facts["peak_mb"] = self.peak_mb
        return facts or None


class Workplace:
    """One step's, in one process."""

    def __init__(
        self,
        spec: BatchSpec,
        services: NodeServices,
        gate: RateGate,
        redactor: Redactor,
        permit: Permit,
        deadline: float | None,
        aside: Aside | None,
    ) -> None:
        self.spec = spec
        self.permit = permit
        self.workers = 0
        self.left_at = time.monotonic()
        self.services = services
        self._gate = gate
        self._redactor = redactor
        self._deadline = deadline
        self._aside = aside

    async def work(self, chunk: Chunk) -> tuple[ChunkResult, dict[str, Any] | None]:
        """What came of the chunk, and what is told with it; without the secrets that the run used."""
        context = ChunkContext(self._deadline, self._aside)
        work = work_of(self.spec, self.services, context, self._gate)
        result, told = await work(chunk), context.told()
        if self._redactor.is_empty:
            return result, told
        return self._without_secrets(result), self._redactor.value(told)

    def _without_secrets(self, result: ChunkResult) -> ChunkResult:
        def failures(found: tuple[Failure, ...]) -> tuple[Failure, ...]:
            clean = self._redactor.value([[item.record, item.message] for item in found])
            return tuple(
                Failure(item.position, record, item.code, message)
                for item, (record, message) in zip(found, clean, strict=True)
            )

        facts = {name: getattr(result.done, name) for name in type(result.done).__slots__}
        facts |= {"failures": failures(result.done.failures), "error": self._redactor.value(facts["error"])}
        return ChunkResult(
            type(result.done)(**facts), self._redactor.value(result.outputs), failures(result.failures)
        )


class Workplaces:
    """Made when a chunk of a step first comes, and given up when none has come for a while."""

    def __init__(self, services: RunServices, permits: Permits, database: PatientDatabase) -> None:
        self._services = services
        self._permits = permits
        self._database = database
        self._places: dict[UUID, asyncio.Task[Workplace]] = {}

    async def work(
        self, batch_id: UUID, chunk: Chunk
    ) -> tuple[Workplace, ChunkResult, dict[str, Any] | None]:
        """Raises `LookupError` for a step that is gone."""
        place = await self._enter(batch_id)
        try:
            return place, *(await place.work(chunk))
        finally:
            place.workers -= 1
            place.left_at = time.monotonic()

    async def _enter(self, batch_id: UUID) -> Workplace:
        opening = self._places.get(batch_id)
        if opening is None:
            opening = asyncio.get_running_loop().create_task(self._open(batch_id))
            self._places[batch_id] = opening
        try:
            place = await asyncio.shield(opening)
        except BaseException:
            if opening.done() and self._places.get(batch_id) is opening:
                del self._places[batch_id]
            raise
        place.workers += 1
        return place

    async def _open(self, batch_id: UUID) -> Workplace:
        step, plan = await patiently(_find, batch_id)
        run = step.run
        spec = BatchSpec.from_json(step.spec)
        redactor = Redactor()
        await self._services.recall_secrets(run.pk, redactor)
        permit = await self._permits.open_for(_permit_key(run), plan)
        services = self._services.for_run(
            run_id=run.pk,
            tenant_id=run.tenant_id,
            principal_id=run.requested_by_id,
            config=plan.config,
            redactor=redactor,
            access=HostAccessDesk(permit),
        )
        gate = gate_of(spec, batch_id, self._database)
        aside = _aside_of(spec, plan, services, permit, redactor)
        return Workplace(spec, services, gate, redactor, permit, _deadline(step), aside)

    async def tidy(self, *, all_of_them: bool = False) -> None:
        """Gives up the places where nobody has worked for a while."""
        now = time.monotonic()
        for batch_id, opening in list(self._places.items()):
            if not opening.done() or opening.cancelled() or opening.exception() is not None:
                continue
            place = opening.result()
            if all_of_them or (not place.workers and place.left_at < now - KEPT_S):
                del self._places[batch_id]
                self._permits.close(place.permit)
                await place.services.code.end_lease(place.spec.key)


def _find(batch_id: UUID) -> tuple[BatchStep, Plan]:
    step = BatchStep.objects.select_related("run").filter(pk=batch_id).first()
    if step is None:
        raise LookupError(f"the step {batch_id} is gone")
    return step, plan_of_run(step.run)


def _aside_of(
    spec: BatchSpec, plan: Plan, services: NodeServices, permit: Permit, redactor: Redactor
) -> Aside | None:
    """The workflow that the step runs for each chunk. Its code has the processes of the step, as code of
    the step's own has."""
    node = plan.at(spec.node_id)
    named = node.node_class.named_workflow(node.spec.config)
    if named is None or node.body is None:
        return None
    return Aside(
        node.body,
        path=spec.node_id,
        output=named.output,
        run_id=spec.run_id,
        services=OwnLease(services, spec.key),
        guard=permit,
        threads=None,
        plain=lambda outputs: outputs if redactor.is_empty else redactor.value(outputs),
    )


class OwnLease:
    """The run's services, with processes for code that are not the run's: they end with this place."""

    def __init__(self, services: NodeServices, lease: str) -> None:
        self._services = services
        self._lease = lease
        self.code = self

    async def run_code(self, request: CodeRequest, on_line: Callable[[str, str], None]) -> Any:
        return await self._services.code.run_code(replace(request, lease=self._lease), on_line)

    async def end_lease(self, lease: str) -> None:
        await self._services.code.end_lease(lease)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._services, name)


def _permit_key(run: Run) -> PermitKey:
    subs = sorted((named, UUID(entry["version"])) for named, entry in run.sub_versions.items())
    return PermitKey(run.tenant_id, run.requested_by_id, run.version_id, tuple(subs))


def _deadline(step: BatchStep) -> float | None:
    """By this process's clock."""
    if step.deadline_at is None:
        return None
    return time.monotonic() + (step.deadline_at - timezone.now()).total_seconds()


def gate_of(spec: BatchSpec, batch_id: UUID, database: PatientDatabase) -> RateGate:
    """The gate that all who work for the step share."""
    return OpenGate() if spec.rate_per_s is None else HostGate(batch_id, spec.rate_per_s, database)
