"""What a webhook's caller gets who waits for the run."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from accounts.prepared import execute_prepared
from runtime.engine.binding import pick
from runtime.engine.errors import InputError
from runtime.engine.plan import Wire
from runtime.engine.state import RunStatus
from runtime.limits import max_body_bytes
from runtime.masking.reader import RunReader
from runtime.masking.readers import is_anything_judged, outside_reader, reader_of
from runtime.models import Run
from runtime.payloads import StoredPort
from runtime.queries.inputs import load_port, stored_outputs
from runtime.queries.partial_rows import Columns
from runtime.queries.versions import graph_of
from runtime.services.data_views import ShownPart, records_in, saw_run
from runtime.triggers.calls import CallRefused
from runtime.triggers.configs import WaitForResult

_RUN = Columns(Run, "r", ("id", "tenant", "number", "status", "workflow", "version", "requested_by"))
_FIND = f"SELECT {_RUN.sql} FROM run r WHERE r.id = %s"  # noqa: S608  (our own names)


def result_of(run_id: UUID, wait: WaitForResult) -> Any:
    """The output that was asked for, of a run that has ended. Raises `CallRefused`: 502 for one that failed
    or gave no such output, 504 for one that goes on."""
    run = _find(run_id)
    status = RunStatus(run.status)
    if not status.is_final:
        raise not_finished(run.number, wait.wait_s)
    if status is not RunStatus.SUCCEEDED:
        raise CallRefused(502, f"run_{status}", f"Run {run.number} ended as {status}.")
    reader = _reader(run)
    if wait.node is None:
        nodes = _last_nodes(run)
        stored = stored_outputs(run, nodes)
        return {node: _shown(run, reader, node, _values(run, ports)) for node, ports in stored.items()}
    ports = stored_outputs(run, [wait.node]).get(wait.node)
    if ports is None:
        raise CallRefused(502, "no_output", f"The node {wait.node!r} gave nothing in run {run.number}.")
    if wait.output is None:
        return _shown(run, reader, wait.node, _values(run, ports))
    return _at(run, wait.node, ports, wait.output, reader)


def _reader(run: Run) -> RunReader | None:
    """The answer is for whom the trigger runs as, and shows what they may see."""
    if not is_anything_judged(run.tenant_id):
        return None
    principal = run.requested_by
    return outside_reader(run) if principal is None else reader_of(principal, run)


def _shown(run: Run, reader: RunReader | None, node: str, values: dict[str, Any]) -> dict[str, Any]:
    if reader is None:
        saw_run(run.requested_by_id, run, node, exported=records_in(values))
        return values
    denial = reader.denial(node, "outputs")
    if denial is not None:
        raise CallRefused(
            502, "output_refused", f"Whom this webhook runs as may not see the output of {node!r}."
        )
    found = reader.outputs(node, values)
    part = ShownPart("outputs", found.value, found.masked)
    saw_run(run.requested_by, run, node, [part], exported=records_in(values))
    shown: dict[str, Any] = found.value
    return shown


def _find(run_id: UUID) -> Run:
    rows = execute_prepared(_FIND, [run_id])
    run = _RUN.read(rows[0]) if rows else None
    if run is None:
        raise CallRefused(502, "run_deleted", "The run is there no more.")
    return run


def not_finished(number: int, waited_s: float) -> CallRefused:
    """The run goes on; nobody waits for it any more."""
    return CallRefused(
        504, "run_not_finished", f"Run {number} has not ended within {waited_s:g} s. It goes on."
    )


def _last_nodes(run: Run) -> list[str]:
    graph = graph_of(run.version)
    sources = {wire.source for wire in graph.connections}
    return [node.id for node in graph.nodes if node.parent is None and node.id not in sources]


def _values(run: Run, ports: dict[str, StoredPort]) -> dict[str, Any]:
    if sum(port.bytes or 0 for port in ports.values()) > max_body_bytes():
        message = f"The output is larger than {max_body_bytes() >> 20} MiB. Read it from run {run.number}."
        raise CallRefused(502, "answer_too_large", message)
    return {name: load_port(run, port) for name, port in ports.items()}


def _at(run: Run, node: str, ports: dict[str, StoredPort], output: str, reader: RunReader | None) -> Any:
    port, *path = output.split(".")
    missing = CallRefused(502, "no_output", f"Run {run.number} gave no output {output!r}.")
    if port not in ports:
        raise missing
    values = _shown(run, reader, node, _values(run, {port: ports[port]}))
    try:
        return pick(
            values,
            Wire(
                source=0,
                output=output,
                port=port,
                path=tuple(path),
                input="answer",
                is_error=False,
                is_control=False,
            ),
        )
    except InputError as error:
        raise missing from error
