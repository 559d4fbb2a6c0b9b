"""What lists tell of policies beside what they say: how often they decided."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection

_HITS = """
SELECT named.key, count(*)
FROM accounts_decisionlog d
    CROSS JOIN LATERAL jsonb_array_elements_text(d.policies || d.shadow) AS named (key)
WHERE d.tenant_id = %s AND d.at >= %s AND named.key = ANY(%s)
GROUP BY named.key
"""


def hits_since(tenant_id: UUID, keys: Iterable[str], moment: datetime) -> dict[str, int]:
    """How many logged decisions since then each of these policies decided, or in shadow would have."""
    asked = list(keys)
    if not asked:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_HITS, [tenant_id, moment, asked])
        return {str(key): int(count) for key, count in cursor.fetchall()}
