"""A script's services, loaded when a node first asks for one."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runtime.engine.config import RuntimeConfig

if TYPE_CHECKING:
    from runtime.workspace import ScriptServices


class LazyServices:
    """The sandbox, the HTTP client, datasets and secrets of one runtime."""

    def __init__(self, workspace: Path | None, secret_provider: Any = None) -> None:
        self._workspace = workspace
        self._secret_provider = secret_provider
        self._services: ScriptServices | None = None
        self._lock = threading.Lock()

    def for_run(self, config: RuntimeConfig) -> LazyRunServices:
        """What the nodes of a run with this configuration get."""
        return LazyRunServices(self, config)

    def load(self) -> ScriptServices:
        with self._lock:
            if self._services is None:
                from runtime.workspace import ScriptServices

                self._services = ScriptServices(self._workspace, secret_provider=self._secret_provider)
            return self._services

    def redact(self, value: Any) -> Any:
        """The value with dots for every secret that a node has asked for."""
        return value if self._services is None else self._services.secrets.redact(value)

    async def end_run(self, run_id: str) -> None:
        """Ends the run's sandbox processes."""
        if self._services is not None:
            await self._services.end_lease(run_id)

    async def leave_loop(self) -> None:
        """Closes connections that belong to the running loop."""
        if self._services is not None:
            await self._services.aclose_http()

    def shut_down(self) -> None:
        with self._lock:
            services, self._services = self._services, None
        if services is not None:
            services.close()


class LazyRunServices:
    """Stands for `ScriptServices.for_run(config)` until a node uses it."""

    __slots__ = ("_config", "_loaded", "_services")

    def __init__(self, services: LazyServices, config: RuntimeConfig) -> None:
        self._services = services
        self._config = config
        self._loaded: Any = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if self._loaded is None:
            self._loaded = self._services.load().for_run(self._config)
        return getattr(self._loaded, name)
