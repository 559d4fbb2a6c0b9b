"""What a script's nodes work with: the sandbox, the guarded HTTP client, a folder's datasets, and secrets.

`DIR/datasets/NAME.{csv,json,jsonl,parquet}` are the datasets, `DIR/credentials.json` the secrets.
Without a folder there are none.
"""

from __future__ import annotations

import os
import threading
from collections.abc import AsyncGenerator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from runtime.batch.protocols import BatchDesk
from runtime.engine.config import RuntimeConfig
from runtime.engine.errors import NodeError, ParameterError
from runtime.net.breaker import CircuitTable
from runtime.net.breaking import with_breaker
from runtime.net.client import GuardedHttpClient
from runtime.net.egress import EgressPolicy
from runtime.sandbox.configured import with_config
from runtime.sandbox.inline import InlineCodeRunner
from runtime.secret_sources import Secrets, script_secrets
from runtime.services_protocol import (
    AccessDesk,
    CodeRunner,
    DatasetInfo,
    DatasetStore,
    HttpClient,
    Messenger,
    SqlDesk,
)
from runtime.tabular.folder import FolderDatasets
from runtime.workspace_folder import default_workspace, set_default_workspace

if TYPE_CHECKING:
    from runtime.lineage.protocols import LineageDesk
    from runtime.lineage.script import ScriptLineage
    from runtime.llm.desk import ModelDesk
    from runtime.reports.evidence import EvidenceDesk
    from runtime.rotation.protocols import RotationDesk

__all__ = ["NoDatasets", "RunServices", "ScriptServices", "default_workspace", "set_default_workspace"]


class ScriptServices:
    """What the runs of a script share. Everything is made on first use; `close` ends what was started."""

    def __init__(
        self,
        workspace: Path | str | None = None,
        *,
        egress: EgressPolicy | None = None,
        secret_provider: Any = None,
    ) -> None:
        self._datasets: DatasetStore = (
            NoDatasets() if workspace is None else FolderDatasets(Path(workspace) / "datasets")
        )
        self.workspace = None if workspace is None else Path(workspace)
        self.secrets = script_secrets(secret_provider, None if workspace is None else Path(workspace))
        self.has_provider = secret_provider is not None
        self._egress = egress
        self._http: GuardedHttpClient | None = None
        self._code: Any = None
        self._inline: dict[int, InlineCodeRunner] = {}
        self._circuits = CircuitTable()
        self._lineage: ScriptLineage | None = None
        self._lock = threading.Lock()

    def for_run(self, config: RuntimeConfig) -> RunServices:
        """The `NodeServices` of a run with this configuration."""
        return RunServices(self, config)

    @property
    def datasets(self) -> DatasetStore:
        return self._datasets

    @property
    def http(self) -> GuardedHttpClient:
        """Reaches what `EGRESS_ALLOW` opens. Raises `ParameterError` when that cannot be read."""
        with self._lock:
            if self._http is None:
                self._http = GuardedHttpClient(self.egress())
            return self._http

    def egress(self) -> EgressPolicy:
        """What steps may reach. Raises `ParameterError` when `EGRESS_ALLOW` cannot be read."""
        return self._egress or _egress_of_environment()

    @property
    def code(self) -> CodeRunner:
        """The sandbox, started by its first call. Code may import what `SANDBOX_PACKAGES` names."""
        with self._lock:
            if self._code is None:
                from runtime.sandbox import Sandbox, SandboxSettings
                from runtime.sandbox.settings import packages_from_text

                packages = packages_from_text(os.environ.get("SANDBOX_PACKAGES", ""))
                self._code = Sandbox(SandboxSettings(packages=packages))
            runner: CodeRunner = self._code
            return runner

    def code_for(self, config: RuntimeConfig) -> CodeRunner:
        """Where the code of a run with this configuration runs."""
        return with_config(self.code if config.sandbox == "isolated" else self._inline_runner(config), config)

    def http_for(self, config: RuntimeConfig) -> HttpClient:
        """The client of a run with this configuration; the circuits are common to all runs."""
        return with_breaker(self.http, self._circuits, tenant="", config=config)

    @property
    def lineage(self) -> ScriptLineage:
        """What steps track: in the workspace, else in memory."""
        with self._lock:
            if self._lineage is None:
                from runtime.lineage.script import ScriptLineage

                self._lineage = ScriptLineage(self.workspace, self.secrets.redact)
            return self._lineage

    def _inline_runner(self, config: RuntimeConfig) -> CodeRunner:
        with self._lock:
            return self._inline.setdefault(config.max_workers, InlineCodeRunner(config.max_workers))

    async def end_lease(self, run_id: str) -> None:
        """Ends the sandbox processes of a run."""
        if self._code is not None:
            await self._code.end_lease(run_id)

    async def aclose_http(self) -> None:
        """Closes the HTTP connections of the running event loop."""
        if self._http is not None:
            await self._http.aclose()

    def close(self) -> None:
        """Ends the sandbox's processes; the next call starts new ones."""
        with self._lock:
            runners = [*self._inline.values(), *([] if self._code is None else [self._code])]
            self._inline, self._code = {}, None
        for runner in runners:
            runner.close()


def _egress_of_environment() -> EgressPolicy:
    try:
        return EgressPolicy.from_text(os.environ.get("EGRESS_ALLOW", ""))
    except ValueError as error:
        raise ParameterError(str(error), code="invalid_environment", field="EGRESS_ALLOW") from error


class RunServices:
    """The `NodeServices` of one run: what it shares with the others, as its configuration wants it."""

    def __init__(self, shared: ScriptServices, config: RuntimeConfig) -> None:
        self._shared = shared
        self._config = config

    @cached_property
    def code(self) -> CodeRunner:
        return self._shared.code_for(self._config)

    @cached_property
    def http(self) -> HttpClient:
        return self._shared.http_for(self._config)

    @property
    def datasets(self) -> DatasetStore:
        return self._shared.datasets

    @property
    def secrets(self) -> Secrets:
        return self._shared.secrets

    @cached_property
    def models(self) -> ModelDesk:
        from runtime.llm.desk import FixedModels, FolderModels

        folder = self._shared.workspace
        return FixedModels() if folder is None else FolderModels(folder)

    @cached_property
    def batches(self) -> BatchDesk:
        from runtime.batch.local_desk import LocalDesk

        return LocalDesk(self)

    @cached_property
    def sql(self) -> SqlDesk:
        from runtime.sql.desk import Databases

        return Databases(
            secrets=self._shared.secrets,
            egress=self._shared.egress,
            folder=self._database_folder,
            no_folder="SQLite files are in the folder 'databases' of a workspace, and this script has none: "
            "run it with --workspace DIR, or give LocalRuntime a workspace",
        )

    async def _database_folder(self) -> Path | None:
        workspace = self._shared.workspace
        return None if workspace is None else workspace / "databases"

    @cached_property
    def messages(self) -> Messenger:
        from runtime.script_messages import ScriptMessages

        return ScriptMessages(self.http, self._shared.secrets, self._shared.egress)

    @cached_property
    def access(self) -> AccessDesk:
        from runtime.script_access import ScriptAccessDesk

        return ScriptAccessDesk(self._config.user_context, self._shared.workspace)

    @cached_property
    def rotation(self) -> RotationDesk:
        from runtime.rotation.script import ScriptRotations

        return ScriptRotations(
            self._shared.workspace,
            provided=self._shared.has_provider,
            secrets=self._shared.secrets,
            http=self.http,
            user=self._config.user_context,
        )

    @cached_property
    def evidence(self) -> EvidenceDesk:
        from runtime.reports.script import ScriptEvidence

        return ScriptEvidence(self._shared.workspace)

    @cached_property
    def lineage(self) -> LineageDesk:
        return self._shared.lineage.for_user(self._config.user_context)


class NoDatasets:
    """A script without a workspace: says so where a dataset is wanted."""

    async def info(self, name: str) -> DatasetInfo:
        raise _no_workspace(name)

    async def read(self, name: str, *, batch_rows: int = 1000) -> AsyncGenerator[list[dict[str, Any]], None]:
        raise _no_workspace(name)
        yield []

    async def write(
        self,
        name: str,
        rows: Sequence[Mapping[str, Any]],
        *,
        format: str,
        mode: Literal["replace", "append"],
        idempotency_key: str,
    ) -> DatasetInfo:
        raise _no_workspace(name)

    async def adopt(self, name: str, path: Path, *, format: str, idempotency_key: str) -> DatasetInfo:
        raise _no_workspace(name)


def _no_workspace(name: str) -> NodeError:
    return NodeError(
        f"There is no dataset '{name}', because this script has no workspace: run it with --workspace DIR, "
        "or give LocalRuntime a workspace",
        code="dataset_missing",
        dataset=name,
    )
