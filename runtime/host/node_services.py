"""What nodes may use on the server: the sandbox, the guarded HTTP client, the tenant's datasets."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings

from runtime.credentials.redactor import Redactor
from runtime.engine.config import RuntimeConfig
from runtime.lineage.protocols import LineageDesk
from runtime.net.breaker import CircuitTable
from runtime.net.breaking import with_breaker
from runtime.reports.evidence import EvidenceDesk
from runtime.sandbox.configured import with_config
from runtime.sandbox.settings import state_of
from runtime.services.limits import server_caps
from runtime.services_protocol import (
    AccessDesk,
    ApprovalDesk,
    ChildRuns,
    CodeRunner,
    DatasetStore,
    HttpClient,
    Messenger,
    SqlDesk,
)
from runtime.tracing.outgoing import TracingHttpClient

if TYPE_CHECKING:
    from runtime.batch.protocols import BatchDesk
    from runtime.host.batches.chunk_host import ChunkHost
    from runtime.llm.desk import ModelDesk
    from runtime.net.client import GuardedHttpClient
    from runtime.nodes.http_credential import SecretSource
    from runtime.rotation.protocols import RotationDesk
    from runtime.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class RunServices:
    """`runtime.services_protocol.NodeServices` for one run."""

    code: CodeRunner
    http: HttpClient
    datasets: DatasetStore
    secrets: SecretSource
    approvals: ApprovalDesk
    children: ChildRuns
    access: AccessDesk
    models: ModelDesk
    batches: BatchDesk
    sql: SqlDesk
    messages: Messenger
    lineage: LineageDesk
    evidence: EvidenceDesk
    rotation: RotationDesk


SANDBOX_LOOK_S = 3.0


class ProcessServices:
    """What all runs of a process share, and the part of each run."""

    def __init__(self, traceparent: Callable[[str, str, int], str] | None = None) -> None:
        """`traceparent` names the attempt that makes a request; without it requests carry no trace."""
        self._sandbox = _open_sandbox()
        self._http = _open_http_client()
        self._client = self._http if traceparent is None else TracingHttpClient(self._http, traceparent)
        self._circuits = CircuitTable()
        self._closing = threading.Event()
        self._chunks: ChunkHost | None = None
        self.sandbox_state = "starting"
        threading.Thread(target=self._look_after_sandbox, name="sandbox-watch", daemon=True).start()

    def serve_chunks(self, chunks: ChunkHost) -> None:
        """From now on steps of runs may work in batches."""
        self._chunks = chunks

    def for_run(
        self,
        *,
        run_id: UUID,
        tenant_id: UUID,
        principal_id: UUID | None,
        config: RuntimeConfig,
        redactor: Redactor,
        access: AccessDesk,
    ) -> RunServices:
        """Services that see this tenant's data only, within what the run's configuration allows."""
        from runtime.host.batches.desk import desk_of
        from runtime.services.approvals import RunApprovals
        from runtime.services.children import RunChildren
        from runtime.services.dataset_store import TenantDatasets
        from runtime.services.evidence import RunEvidence
        from runtime.services.lineage import RunLineage
        from runtime.services.model_calls import RunModels
        from runtime.services.rotations import Rotations
        from runtime.services.run_secrets import RunSecrets
        from runtime.services.step_messages import RunMessages
        from runtime.services.tenant_databases import tenant_databases

        secrets = RunSecrets(run_id=run_id, tenant_id=tenant_id, principal_id=principal_id, redactor=redactor)
        return RunServices(
            code=with_config(self._sandbox, config, most_memory_mb=server_caps().of("sandbox_memory_mb")),
            http=with_breaker(self._client, self._circuits, tenant=str(tenant_id), config=config),
            datasets=TenantDatasets(tenant_id, principal_id),
            secrets=secrets,
            approvals=RunApprovals(run_id, tenant_id, redactor),
            children=RunChildren(run_id),
            access=access,
            rotation=Rotations(
                run_id=run_id, tenant_id=tenant_id, principal_id=principal_id, redactor=redactor
            ),
            evidence=RunEvidence(tenant_id=tenant_id, principal_id=principal_id),
            lineage=RunLineage(
                run_id=run_id, tenant_id=tenant_id, principal_id=principal_id, redactor=redactor
            ),
            models=RunModels(run_id, tenant_id),
            batches=desk_of(self._chunks),
            sql=tenant_databases(tenant_id, secrets),
            messages=RunMessages(
                run_id=run_id, tenant_id=tenant_id, principal_id=principal_id, redactor=redactor
            ),
        )

    async def recall_secrets(self, run_id: UUID, redactor: Redactor) -> None:
        """Teaches the redactor what the run was given in earlier claims."""
        from runtime.services.in_thread import in_thread
        from runtime.services.run_secrets import recall

        await in_thread(recall, redactor, run_id)

    async def withdraw(self, run_id: UUID) -> None:
        """Cancels the questions and the runs of steps that have ended."""
        from runtime.services.in_thread import patiently
        from runtime.services.withdrawing import withdraw_left

        await patiently(withdraw_left, run_id)

    async def end_run(self, run_id: UUID) -> None:
        """Ends the processes that were leased to the run."""
        await self._sandbox.end_lease(str(run_id))

    def _look_after_sandbox(self) -> None:
        """Has it running, and knows how it is: the host tells with its beats."""
        while not self._closing.is_set():
            self.sandbox_state = state_of(self._sandbox.report())
            self._closing.wait(SANDBOX_LOOK_S)

    async def close(self) -> None:
        self._closing.set()
        await self._http.aclose()
        self._sandbox.close()


def _open_sandbox() -> Sandbox:
    from runtime.sandbox import Sandbox, SandboxPolicy, SandboxSettings

    policy = SandboxPolicy(settings.SANDBOX_POLICY)
    return Sandbox(SandboxSettings(policy=policy, packages=tuple(settings.SANDBOX_PACKAGES)))


def _open_http_client() -> GuardedHttpClient:
    from runtime.net.client import GuardedHttpClient
    from runtime.net.egress import EgressPolicy

    return GuardedHttpClient(EgressPolicy.from_text(settings.EGRESS_ALLOW))
