"""The credentials of a run: for its principal, from its tenant, and known to its redactor before any node."""

from __future__ import annotations

import contextlib
import time
import weakref
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from runtime.credentials.redactor import Redactor
from runtime.credentials.revealed import Revealed
from runtime.engine.attempts import current_attempt
from runtime.engine.errors import NodeError
from runtime.models import Credential, CredentialUse
from runtime.services.credential_leases import BOOK, Held, IsHeld, take
from runtime.services.credentials import CredentialError, note_answer, reveal_version
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
        self._kept: dict[str, tuple[float, Held]] = {}
        self._noted: set[tuple[UUID, int]] = set()

    async def reveal(self, name: str) -> Revealed:
        """The version in force, which the step holds until its attempt ends.

        Raises `NodeError` with the code of the `CredentialError`.
        """
        kept = self._kept.get(name)
        if kept is not None and time.monotonic() - kept[0] < KEPT_S and self._join(kept[1]):
            return kept[1].revealed
        return (await self._fetch(name)).revealed

    async def newer(self, than: Revealed) -> Revealed | None:
        """The version in force, where it is a later one than what the step was given. Raises as `reveal`."""
        held = await self._fetch(than.name)
        return held.revealed if held.revealed.version != than.version else None

    async def answered(self, revealed: Revealed, *, is_taken: bool) -> None:
        """Keeps when it was refused, until it is taken; writes nothing while all is well."""
        kept = self._kept.get(revealed.name)
        if kept is None or (is_taken and kept[1].credential.refused_at is None):
            return
        credential = kept[1].credential
        await patiently(note_answer, credential, revealed.version, is_taken=is_taken)

    async def _fetch(self, name: str) -> Held:
        attempt = current_attempt.get()
        try:
            held = await patiently(self._load, name, "" if attempt is None else attempt.node_id)
        except CredentialError as error:
            raise NodeError(error.message, code=error.code, **error.facts) from None
        self._kept[name] = (time.monotonic(), held)
        self._join(held)
        return held

    def _join(self, held: Held) -> bool:
        """The attempt at work holds it, or, where there is none, whatever this belongs to."""
        attempt = current_attempt.get()
        if attempt is not None:
            return BOOK.join(held.lease, lambda: not attempt.is_closed, id(attempt))
        mine = weakref.ref(self)
        return BOOK.join(held.lease, lambda: mine() is not None, id(self))

    def redact(self, value: object) -> object:
        """A JSON value without the secrets that this run was given."""
        return self._redactor.value(value)

    def _load(self, name: str, node: str) -> Held:
        principal = User.objects.filter(pk=self._principal_id).first() if self._principal_id else None
        held = take(
            self._tenant_id,
            name,
            principal=principal,
            purpose="run",
            is_held=_for_a_while(),
            run_id=self._run_id,
            node=node,
        )
        learn(self._redactor, held.revealed)
        self._note(held)
        return held

    def _note(self, held: Held) -> None:
        credential, number = held.credential, held.revealed.version
        if (credential.pk, number) in self._noted:
            return
        note_version(self._run_id, credential, number, self._principal_id)
        self._noted.add((credential.pk, number))


def _for_a_while() -> IsHeld:
    """As long as the value may be handed out again without another look."""
    until = time.monotonic() + KEPT_S
    return lambda: time.monotonic() < until


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
