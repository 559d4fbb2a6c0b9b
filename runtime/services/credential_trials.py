"""Tries a credential on what it opens, and keeps what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.audit import record
from runtime.models import Credential
from runtime.net.client import GuardedHttpClient
from runtime.net.egress import EgressPolicy
from runtime.services.credential_leases import holding
from runtime.services.credential_probes import NEEDS_URL, Probed, ProbeFailed, probe
from runtime.services.credentials import CredentialError

LONGEST_S = 20.0
MAX_REASON = 500


def try_credential(credential: Credential, *, user: User, url: str = "") -> Credential:
    """The credential with what came of its test. `url` is where types are tried that are taken anywhere.

    In the name of the user, who has to be allowed to use it. Raises `CredentialError`, as using it does, and
    with the code `url_needed` or `url_not_wanted`.
    """
    _check_url(credential, url)
    assert credential.tenant_id is not None  # noqa: S101
    with holding(credential.tenant_id, credential.name, principal=user, purpose="test") as held:
        version = held.revealed.version
        egress = EgressPolicy.from_text(settings.EGRESS_ALLOW)
        ok, reason = asyncio.run(_probe(lambda http: Probed(held.revealed, http, egress, url), egress))
    return _keep(credential, user, version=version, ok=ok, reason=reason[:MAX_REASON], url=url)


async def _probe(asked: Callable[[GuardedHttpClient], Probed], egress: EgressPolicy) -> tuple[bool, str]:
    http = GuardedHttpClient(egress)
    try:
        async with asyncio.timeout(LONGEST_S):
            return True, await probe(asked(http))
    except ProbeFailed as failure:
        return False, str(failure)
    except TimeoutError:
        return False, f"It did not end within {LONGEST_S:g} seconds."
    finally:
        await http.aclose()


@transaction.atomic
def _keep(credential: Credential, user: User, *, version: int, ok: bool, reason: str, url: str) -> Credential:
    rows = Credential.objects.filter(pk=credential.pk)
    cleared = {"refused_at": None, "refused_version": None} if ok else {}
    rows.update(tested_at=timezone.now(), tested_version=version, test_ok=ok, test_reason=reason, **cleared)
    told = {"version": version, "ok": ok, **({"host": urlsplit(url).netloc} if url else {})}
    record("credential.test", credential, by=user, after=told, reason=reason)
    return rows.select_related("created_by", "updated_by").get()


def _check_url(credential: Credential, url: str) -> None:
    if credential.type not in NEEDS_URL:
        if url:
            message = "Where it is taken stands in the credential: leave the address out."
            raise CredentialError(message, code="url_not_wanted", field="url")
        return
    if not url:
        message = "Say an address that takes it: the type does not say where that is."
        raise CredentialError(message, code="url_needed", field="url")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        message = "Write an address with https:// or http://, without a user."
        raise CredentialError(message, code="invalid_url", field="url")
