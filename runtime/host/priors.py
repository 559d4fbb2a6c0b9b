"""Results that a claimed run copies: stored bytes go on as they are, values are read where they are used."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from runtime.engine.events import EventType
from runtime.engine.plan import Plan
from runtime.engine.prior import Prior
from runtime.host.claims import Claim, load_blobs
from runtime.host.database import Connection
from runtime.payloads import EncodedOutputs, StoredPort, decode_ports

# The join keeps every copy within the tenant of the run, whatever its row says.
_EVENTS = """
SELECT e.run_id, e.node, e.type, e.attempt, e.data, e.payload
FROM run_event e JOIN run r ON r.id = e.run_id
WHERE e.run_id = %s AND e.seq = ANY(%s) AND r.tenant_id = %s
"""


def load_prior(connection: Connection, claim: Claim, plan: Plan) -> dict[str, Prior]:
    """How the copied nodes ended, by node."""
    rows = [
        row
        for run_id, nodes in claim.prior.items()
        for row in connection.execute(
            _EVENTS, (UUID(run_id), list(nodes.values()), claim.tenant_id), binary=True
        ).fetchall()
    ]
    copied = {row[1] for row in rows}
    used = {row[1] for row in rows if row[5] is not None and _is_read(plan, row[1], copied)}
    blobs = load_blobs(connection, claim.tenant_id, [row[5] for row in rows if row[1] in used])
    return {row[1]: _prior(row, row[1] in used, blobs) for row in rows}


def _is_read(plan: Plan, node: str, copied: Iterable[str]) -> bool:
    """Whether a node that will run takes something from this one."""
    if node not in plan.index:
        return False
    targets = {plan.nodes[target].id for target in plan.successors[plan.index[node]]}
    return bool(targets - set(copied))


def _prior(row: tuple[Any, ...], is_read: bool, blobs: Mapping[str, bytes]) -> Prior:
    run_id, _, kind, attempt, data, payload = row
    origin = data.get("copied_from") or str(run_id)
    if kind == EventType.NODE_SUCCEEDED:
        ports = decode_ports(payload)
        outputs = {name: _value(port, blobs) if is_read else None for name, port in ports.items()}
        return Prior("succeeded", outputs=outputs, origin=origin, encoded=EncodedOutputs(payload, ()))
    if kind == EventType.NODE_FAILED:
        failure = {"error": data.get("error") or {}, "attempts": data.get("attempts", attempt)}
        return Prior("failed", failure=failure, origin=origin)
    return Prior("skipped", reason=data.get("reason") or "", origin=origin)


def _value(port: StoredPort, blobs: Mapping[str, bytes]) -> Any:
    return port.value if port.blob is None else json.loads(blobs[port.blob])
