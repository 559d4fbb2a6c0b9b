"""The policies and masks of tenants, compiled once for each version that a process meets.

A version is read with each request and is never given twice, so what is kept under it is never too old.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.utils.crypto import salted_hmac

from accounts.access import DEFAULT_LEVELS, NO_MASKS, NO_POLICIES, MaskSet, PolicyError, PolicySet
from accounts.models import MaskingRule, Policy, PolicyStatus, SecurityLevel, Tenant

log = logging.getLogger(__name__)

MAX_KEPT = 1_000
_COUNTS = (PolicyStatus.ACTIVE, PolicyStatus.SHADOW)
_S = TypeVar("_S")


class _Kept(Generic[_S]):
    """The last that was compiled for each tenant; those asked for last stay."""

    def __init__(self, compile_: Callable[[UUID, int], _S]) -> None:
        self._compile = compile_
        self._kept: OrderedDict[UUID, tuple[int, _S]] = OrderedDict()
        self._lock = Lock()

    def get(self, tenant_id: UUID, version: int) -> _S:
        with self._lock:
            kept = self._kept.get(tenant_id)
            if kept is not None and kept[0] == version:
                self._kept.move_to_end(tenant_id)
                return kept[1]
        # What is read now is at least as new as the version that was read before.
        compiled = self._compile(tenant_id, version)
        with self._lock:
            self._kept[tenant_id] = (version, compiled)
            self._kept.move_to_end(tenant_id)
            while len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
        return compiled


def policy_set_of(tenant_id: UUID | None, version: int | None = None) -> PolicySet:
    """Those that decide. Without a version the one in force is read first."""
    if tenant_id is None:
        return NO_POLICIES
    return _policies.get(tenant_id, _version_of(tenant_id) if version is None else version)


def mask_set_of(tenant_id: UUID | None, version: int | None = None) -> MaskSet:
    """The masking rules in force, read as `policy_set_of` does."""
    if tenant_id is None:
        return NO_MASKS
    return _masks.get(tenant_id, _version_of(tenant_id) if version is None else version)


def hash_key_of(tenant_id: UUID) -> bytes:
    """What hashes of masked values are made with: equal values look equal within the tenant alone."""
    return bytes(salted_hmac("lockgate.masks", str(tenant_id), algorithm="sha256").digest())


def _version_of(tenant_id: UUID) -> int:
    return Tenant.objects.values_list("policy_version", flat=True).get(pk=tenant_id)


def levels_of(tenant_id: UUID) -> tuple[str, ...]:
    """Keys of the tenant's levels, the least secret first."""
    found = SecurityLevel.objects.filter(tenant=tenant_id).order_by("rank").values_list("key", flat=True)
    return tuple(found) or DEFAULT_LEVELS


def _compile_policies(tenant_id: UUID, version: int) -> PolicySet:
    levels = levels_of(tenant_id)
    rows = Policy.objects.filter(tenant=tenant_id, status__in=_COUNTS)
    documents = [row.as_document() for row in rows]
    try:
        return PolicySet.compile(documents, levels=levels, version=version)
    except PolicyError:
        log.exception("policies of tenant %s cannot be read as they are stored", tenant_id)
    # Only a change behind the services' back gets here. What cannot be read allows nothing, and denies.
    readable = [kept for each in documents if (kept := _narrowed(each, levels)) is not None]
    return PolicySet.compile(readable, levels=levels, version=version)


def _narrowed(document: Mapping[str, Any], levels: tuple[str, ...]) -> Mapping[str, Any] | None:
    """The policy when it can be read. Else an allowing one is dropped, a denying one denies always."""
    everywhere = {"resource_type": "*", "resources": ["*"], "actions": ["*"]}
    always = {**document, "condition": None}
    for candidate in (document, always, {**always, **everywhere}):
        if candidate is not document and document["effect"] != "deny":
            return None
        try:
            PolicySet.compile([candidate], levels=levels)
        except PolicyError:
            continue
        return candidate
    return None


def _compile_masks(tenant_id: UUID, version: int) -> MaskSet:
    levels = levels_of(tenant_id)
    key = hash_key_of(tenant_id)
    rows = MaskingRule.objects.filter(tenant=tenant_id, status__in=_COUNTS)
    documents = [row.as_document() for row in rows]
    try:
        return MaskSet.compile(documents, levels=levels, version=version, key=key)
    except PolicyError:
        log.exception("masking rules of tenant %s cannot be read as they are stored", tenant_id)
    hidden = {"key": "unreadable", "field": "**", "mask_type": "redact", "resource_type": "*"}
    return MaskSet.compile([hidden], levels=levels, version=version, key=key)


_policies: _Kept[PolicySet] = _Kept(_compile_policies)
_masks: _Kept[MaskSet] = _Kept(_compile_masks)
