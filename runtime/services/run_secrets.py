"""The credentials of a run: for its principal, from its tenant, and known to its redactor before any node."""

from __future__ import annotations

import contextlib
import time
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from runtime.credentials.redactor import Redactor
from runtime.credentials.revealed import Revealed
from runtime.engine.errors import NodeError
from runtime.models import Credential, CredentialUse
from runtime.services.credentials import CredentialError, reveal, reveal_version
from runtime.services.in_thread import patiently

# A step in a loop or a map asks many times; a changed or withdrawn credential counts after so long.
KEPT_S = 5.0


class RunSecrets:
    """`runtime.nodes.http_credential.SecretSource` of one claim of a run."""

    def __init__(
        self, *, run_id: UUID, tenant_id: UUID, principal_id: UUID | None, redactor: Redactor
    ) -> None:
        self._run_id = run_id
        self._tenant_id = tenant_id
        self._principal_id = principal_id
        self._redactor = redactor
        self._kept: dict[str, tuple[float, Revealed]] = {}
        self._noted: set[tuple[UUID, int]] = set()

    async def reveal(self, name: str) -> Revealed:
        """Raises `NodeError` with the code of the `CredentialError`."""
        kept = self._kept.get(name)
        if kept is not None and time.monotonic() - kept[0] < KEPT_S:
            return kept[1]
        try:
            found = await patiently(self._load, name)
        except CredentialError as error:
            raise NodeError(error.message, code=error.code, **error.facts) from None
        self._kept[name] = (time.monotonic(), found)
        return found

    def redact(self, value: object) -> object:
        """A JSON value without the secrets that this run was given."""
        return self._redactor.value(value)

    def _load(self, name: str) -> Revealed:
        principal = User.objects.filter(pk=self._principal_id).first() if self._principal_id else None
        found = reveal(self._tenant_id, name, principal=principal)
        learn(self._redactor, found)
        self._note(name, found.version)
        return found

    def _note(self, name: str, number: int) -> None:
        credential = Credential.objects.get(tenant_id=self._tenant_id, name=name)
        if (credential.pk, number) in self._noted:
            return
        note_version(self._run_id, credential, number, self._principal_id)
        self._noted.add((credential.pk, number))


def note_version(run_id: UUID, credential: Credential, number: int, user_id: UUID | None) -> None:
    """Keeps that the run was given this version."""
    use = CredentialUse(
        run_id=run_id, credential=credential, number=number, used_by_id=user_id, used_at=timezone.now()
    )
    CredentialUse.objects.bulk_create([use], ignore_conflicts=True)


def learn(redactor: Redactor, found: Revealed) -> None:
    """Before anybody is given a credential: what it holds is taken out of what the run shows."""
    texts = found.texts()
    if found.type == "basic_auth":
        texts += (f"{found.fields['username']}:{found.secret('password').reveal()}",)
    redactor.learn(*texts)


def recall(redactor: Redactor, run_id: UUID) -> None:
    """Teaches the redactor of a later claim what earlier ones were given: a server may still send it back.

    What cannot be opened any more is left out.
    """
    for use in CredentialUse.objects.filter(run_id=run_id).select_related("credential"):
        with contextlib.suppress(CredentialError):
            learn(redactor, reveal_version(use.credential, use.number))
