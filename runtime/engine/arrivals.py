"""What arrives at typed inputs, compared with what their ports declare."""

from __future__ import annotations

from runtime.engine.binding import pick
from runtime.engine.errors import InputError
from runtime.engine.journal import Journal
from runtime.engine.node import PortType
from runtime.engine.plan import Wire
from runtime.engine.port_types import complaint
from runtime.engine.scope import Scope, Step


def check_arrivals(step: Step, journal: Journal) -> None:
    """Raises `InputError` where connections are validated strictly; otherwise warns in the log."""
    is_strict = step.scope.config.connection_validation == "strict"
    for wire, port in step.node.typed_wires:
        found = _complaint_about(step.scope, wire, port.type)
        if found is None:
            continue
        origin = step.scope.path_of(wire.source)
        message = f"input {wire.input!r}: what {origin!r} sends ({wire.output}) {found}"
        if is_strict:
            raise InputError(message, input=wire.input)
        journal.log(step.path, step.attempt, "warning", message)


def _complaint_about(scope: Scope, wire: Wire, port_type: PortType) -> str | None:
    """Nothing arrives over a dead wire."""
    outputs = scope.scheduler.outputs[wire.source]
    if outputs is None or wire.port not in outputs:
        return None
    return complaint(pick(outputs, wire), port_type)
