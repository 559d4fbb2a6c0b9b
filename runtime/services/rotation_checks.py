"""Whether the credentials that steps rotate can be rotated so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from runtime.engine.problems import Problem
from runtime.models import Credential
from runtime.rotation.registry import complaint_of
from runtime.rotation.settings import RotationSettings
from runtime.services.rotation_policies import with_place

TYPE = "RotatingCredentialNode"


def impossible_rotations(
    tenant_id: UUID, configured: Iterable[tuple[str, str, Mapping[str, Any]]]
) -> Iterator[Problem]:
    """A problem for each step, given as `(id, type, config)`, that asks of a credential what it cannot do.

    Of a credential that is not there nothing is known: such a step fails when it runs, and says why.
    """
    for node, type, config in configured:
        if type != TYPE:
            continue
        try:
            settings = RotationSettings.model_validate(dict(config))
        except ValidationError:  # told where the configuration is checked
            continue
        named = Credential.objects.filter(tenant_id=tenant_id, name=settings.credential_name)
        if not named.exists():
            continue
        complaint = complaint_of(with_place(tenant_id, settings))
        if complaint is not None:
            field = f"config.{complaint.field}"
            yield Problem("cannot_rotate_so", complaint.words, node, field)
