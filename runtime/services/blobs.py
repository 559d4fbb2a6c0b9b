"""Large values that no run uses any more are deleted.

A host may name a value in the same moment. It then locks the value's row and dates it anew when the date
is old (`runtime.host.statements`). So one of two things happens: the deletion comes first, and the host
waits for it and stores the value again; or the host comes first, and the deletion waits, finds a young
value and leaves it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from runtime.host.fault_points import reach

# Far above the ten minutes after which a host dates a value anew, and any commit that is under way.
MIN_AGE_S = 3600.0
_BATCH = 500
# The candidates are found without a lock; each is judged again, in its newest state, when it is locked.
_UNUSED = """
SELECT b.tenant_id, b.hash FROM blob b
WHERE b.created_at < clock_timestamp() - make_interval(secs => %(age)s)
  AND NOT EXISTS (SELECT FROM blob_use u WHERE u.tenant_id = b.tenant_id AND u.hash = b.hash)
ORDER BY b.tenant_id, b.hash LIMIT %(batch)s
"""
_DELETE = """
DELETE FROM blob b USING unnest(%(tenants)s::uuid[], %(hashes)s::text[]) AS found(tenant_id, hash)
WHERE b.tenant_id = found.tenant_id AND b.hash = found.hash
  AND b.created_at < clock_timestamp() - make_interval(secs => %(age)s)
  AND NOT EXISTS (SELECT FROM blob_use u WHERE u.tenant_id = b.tenant_id AND u.hash = b.hash)
RETURNING b.size
"""

Value = tuple[UUID, str]
"""A tenant, and the hash of one of its values."""


def delete_unused_values(*, min_age_s: float = MIN_AGE_S) -> int:
    """Bytes that were deleted: of all values that no run uses and that are older than this."""
    freed = 0
    while found := _unused(min_age_s):
        freed += delete_values(found, min_age_s=min_age_s)
        if len(found) < _BATCH:
            break
    return freed


def delete_values(values: Sequence[Value], *, min_age_s: float = MIN_AGE_S) -> int:
    """Bytes that were deleted: of those of the values that no run uses and that are older than this."""
    ordered = sorted(values)
    parameters: dict[str, Any] = {
        "tenants": [tenant for tenant, _ in ordered],
        "hashes": [name for _, name in ordered],
        "age": min_age_s,
    }
    reach("gc.before")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_DELETE, parameters)
        sizes = [size for (size,) in cursor.fetchall()]
    reach("gc.after")
    return sum(sizes)


def _unused(min_age_s: float) -> list[Value]:
    with connection.cursor() as cursor:
        cursor.execute(_UNUSED, {"age": min_age_s, "batch": _BATCH})
        return [(tenant, name) for tenant, name in cursor.fetchall()]
