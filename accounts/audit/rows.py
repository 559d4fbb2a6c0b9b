"""Entries as the database gives them, and the documents that are hashed and exported."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

COLUMNS = (
    "e.id, e.xid, e.tenant_id, e.at, e.actor_id, e.actor_email, e.via, e.token, e.action, e.object_type,"
    " e.object_id, e.object_label, e.decision, e.rule, e.reason, e.before, e.after, e.request_id, host(e.ip)"
)
WIDTH = 19


def entry_document(row: Sequence[Any]) -> dict[str, Any]:
    """A row of `COLUMNS` as the JSON document that its hash is over."""
    (id, xid, tenant, at, actor, email, via, token, action, type, object, label, *rest) = row
    decision, rule, reason, before, after, request_id, ip = rest
    return {
        "id": id,
        "xid": xid,
        "tenant": _text(tenant),
        "at": moment(at),
        "actor": {"id": _text(actor), "email": email, "via": via, "token": token},
        "action": action,
        "object": {"type": type, "id": object, "label": label},
        "decision": decision,
        "rule": rule,
        "reason": reason,
        "before": _json(before),
        "after": _json(after),
        "request_id": request_id,
        "ip": ip,
    }


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
