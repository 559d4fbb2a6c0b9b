"""The databases that the runs of one tenant may query."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings

from accounts.models import Tenant
from runtime.credentials.revealed import Revealed
from runtime.net.egress import EgressPolicy
from runtime.services.in_thread import patiently
from runtime.services_protocol import SqlConnection, SqlTarget
from runtime.sql.desk import Databases

if TYPE_CHECKING:
    from runtime.services.run_secrets import RunSecrets

_NO_FOLDER = (
    "This server has no SQLite files: its operator sets SQLITE_DIR and puts them into a folder there that is "
    "called like the workspace"
)


def tenant_databases(tenant_id: UUID, secrets: RunSecrets) -> Databases:
    """Servers by the credentials of a run; files in the tenant's own folder of `SQLITE_DIR`."""

    async def folder() -> Path | None:
        if not settings.SQLITE_DIR:
            return None
        return Path(settings.SQLITE_DIR) / await patiently(_slug, tenant_id)

    return Databases(
        secrets=secrets,
        egress=lambda: EgressPolicy.from_text(settings.EGRESS_ALLOW),
        folder=folder,
        no_folder=_NO_FOLDER,
    )


def _slug(tenant_id: UUID) -> str:
    return Tenant.objects.values_list("slug", flat=True).get(pk=tenant_id)


@asynccontextmanager
async def opened_by(credential: Revealed) -> AsyncIterator[SqlConnection]:
    """The database of a credential that somebody has in hand, for changes. Raises `NodeError`."""

    async def no_folder() -> Path | None:
        return None

    databases = Databases(
        secrets=_InHand(credential),
        egress=lambda: EgressPolicy.from_text(settings.EGRESS_ALLOW),
        folder=no_folder,
        no_folder=_NO_FOLDER,
    )
    async with databases.connect(SqlTarget("postgresql", credential.name), is_writing=True) as connection:
        yield connection


@dataclass(frozen=True, slots=True)
class _InHand:
    credential: Revealed

    async def reveal(self, name: str) -> Revealed:
        return self.credential

    async def newer(self, than: Revealed) -> Revealed | None:
        return None
