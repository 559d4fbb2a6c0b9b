"""What a host reads of a claimed run before it drives it: its history, its plan, results to copy."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from runtime.engine.errors import GraphError
from runtime.engine.events import Event, EventType
from runtime.engine.plan import Plan
from runtime.engine.prior import NO_PRIOR, Prior
from runtime.host.claims import Claim
from runtime.host.database import Connection
from runtime.host.fault_points import reach
from runtime.host.ledger import Ledger, Sizes
from runtime.limits import max_run_bytes
from runtime.payloads import EncodedOutputs, StoredPort, blob_sizes, decode_outputs, decode_ports
from runtime.queries.plans import Recipe, kept_plan, plan_for, recipe
from runtime.story import read_history

# The join keeps every copy within the tenant of the run, whatever its row says.
_COPIED = """
SELECT e.run_id, e.node, e.type, e.attempt, e.data, e.payload
FROM run_event e JOIN run r ON r.id = e.run_id
WHERE e.run_id = %s AND e.seq = ANY(%s) AND r.tenant_id = %s
"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """`plan` is None when this server cannot run what the run covers; `refusal` says why."""

    history: list[Event]
    ledger: Ledger
    plan: Plan | None
    prior: Mapping[str, Prior]
    refusal: GraphError | None = None


def load_at_hand(claim: Claim) -> Loaded | None:
    """The same without reading anything: of a run that has not begun, whose plan was made lately."""
    if claim.last_seq > 1 or claim.prior:
        return None
    plan = kept_plan(_recipe(claim))
    if plan is None:
        return None
    reach("load.before")
    first = Event(1, claim.created_at, EventType.RUN_QUEUED)
    reach("load.after")
    return Loaded([first], Ledger(most_bytes=max_run_bytes()), plan, NO_PRIOR)


def load_run(connection: Connection, claim: Claim) -> Loaded:
    """All of it, off the loop: reading takes a while, and so does planning a wide graph."""
    reach("load.before")
    history = load_history(connection, claim)
    ledger = _load_ledger(connection, claim)
    reach("load.after")
    try:
        plan = _plan(connection, claim)
    except GraphError as error:
        return Loaded(history, ledger, None, NO_PRIOR, refusal=error)
    prior = _prior_results(connection, claim, plan) if claim.prior else NO_PRIOR
    return Loaded(history, ledger, plan, prior)


def load_history(connection: Connection, claim: Claim) -> list[Event]:
    """The events that the run goes on from, with the outputs that they stored.

    The row says which is the last: it is written with its events, and nobody else writes since the claim.
    The first is always the same: of a run that has not begun nothing need be read.
    """
    if claim.last_seq == 1:
        return [Event(1, claim.created_at, EventType.RUN_QUEUED)]
    events = read_history(partial(_fetch, connection), claim.run_id, upto=claim.last_seq)
    payloads = [event.payload for event in events if event.payload is not None]
    blobs = _load_blobs(connection, claim.tenant_id, payloads)
    return [
        event
        if event.payload is None
        else event._replace(payload=decode_outputs(event.payload, blobs.__getitem__))
        for event in events
    ]


def _load_ledger(connection: Connection, claim: Claim) -> Ledger:
    """What the run stores so far; of one that has not started nobody needs to ask."""
    if claim.last_seq <= 1:
        return Ledger(most_bytes=max_run_bytes())
    sizes = connection.execute(
        "SELECT value_bytes, event_bytes, log_bytes FROM run WHERE id = %s", (claim.run_id,)
    ).fetchone()
    uses = connection.execute("SELECT hash FROM blob_use WHERE run_id = %s", (claim.run_id,)).fetchall()
    known = [name for (name,) in uses]
    return Ledger(Sizes() if sizes is None else Sizes(*sizes), known=known, most_bytes=max_run_bytes())


def _fetch(connection: Connection, statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    return connection.execute(statement, parameters, binary=True).fetchall()


def _load_blobs(connection: Connection, tenant_id: UUID, payloads: Sequence[bytes]) -> Mapping[str, bytes]:
    """The large values that the payloads name, by hash."""
    wanted = sorted({name for payload in payloads for name in blob_sizes(payload)})
    if not wanted:
        return {}
    rows = connection.execute(
        "SELECT hash, data FROM blob WHERE tenant_id = %s AND hash = ANY(%s)",
        (tenant_id, wanted),
        binary=True,
    )
    return dict(rows.fetchall())


def _plan(connection: Connection, claim: Claim) -> Plan:
    return plan_for(_recipe(claim), partial(_load_graphs, connection))


def _recipe(claim: Claim) -> Recipe:
    return recipe(
        claim.version_id,
        settings=claim.settings,
        part=claim.part,
        node=claim.node,
        sub_versions=claim.sub_versions,
    )


def _load_graphs(connection: Connection, version_ids: Iterable[UUID]) -> dict[UUID, str]:
    rows = connection.execute(
        "SELECT id, graph FROM workflow_version WHERE id = ANY(%s)", (list(version_ids),)
    )
    return dict(rows.fetchall())


# --- copied results -----------------------------------------------------------------------------------------


def _prior_results(connection: Connection, claim: Claim, plan: Plan) -> dict[str, Prior]:
    """How the copied nodes ended. Stored bytes go on as they are; values are read where they are used."""
    rows = [
        row
        for run_id, nodes in claim.prior.items()
        for row in connection.execute(
            _COPIED, (UUID(run_id), list(nodes.values()), claim.tenant_id), binary=True
        ).fetchall()
    ]
    copied = {row[1] for row in rows}
    used = {row[1] for row in rows if row[5] is not None and _is_read(plan, row[1], copied)}
    blobs = _load_blobs(connection, claim.tenant_id, [row[5] for row in rows if row[1] in used])
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
        encoded = EncodedOutputs(payload, (), borrowed=blob_sizes(payload))
        return Prior("succeeded", outputs=outputs, origin=origin, encoded=encoded)
    if kind == EventType.NODE_FAILED:
        failure = {"error": data.get("error") or {}, "attempts": data.get("attempts", attempt)}
        return Prior("failed", failure=failure, origin=origin)
    return Prior("skipped", reason=data.get("reason") or "", origin=origin)


def _value(port: StoredPort, blobs: Mapping[str, bytes]) -> Any:
    return port.value if port.blob is None else json.loads(blobs[port.blob])
