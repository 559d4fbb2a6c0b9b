"""The values of a run's masked fields, read from where they are stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runtime.engine.errors import InputError
from runtime.masking.shown import changes
from runtime.masking.values import MaskedValues
from runtime.models import Blob, Run, RunEvent
from runtime.payloads import decode_outputs, decode_ports

if TYPE_CHECKING:
    from accounts.access import Masker

MAX_READ = 16 << 20
PAGE = 500

Lesson = Callable[[Mapping[str, Any]], Iterable[Any]]
"""What is hidden, for the reader, of a node's outputs."""


class TooMuchToRead(Exception):
    """The masked fields of a run are more than is read to take their values out of the rest."""


@dataclass(slots=True)
class Budget:
    """How many bytes may still be read."""

    left: int = MAX_READ

    def spend(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise TooMuchToRead


LessonsOf = Callable[[str], Sequence[Lesson]]
"""By a node's path. Where there are none, nothing need be read."""


def learn_outputs(run: Run, lessons_of: LessonsOf, known: MaskedValues, budget: Budget) -> None:
    """Reads the outputs of those nodes that there are lessons about. Raises `TooMuchToRead`."""
    stored = RunEvent.objects.filter(run=run, type="node.succeeded", payload__isnull=False)
    nodes = stored.values_list("seq", "node")
    wanted = {seq: lessons for seq, node in nodes if (lessons := lessons_of(node or ""))}
    order = sorted(wanted)
    for start in range(0, len(order), PAGE):
        page = stored.filter(seq__in=order[start : start + PAGE])
        for seq, payload in page.values_list("seq", "payload"):
            values = _values(run, bytes(payload or b"{}"), budget)
            for lesson in wanted[seq]:
                for hidden in lesson(values):
                    known.learn(hidden)


def whole(values: Mapping[str, Any]) -> Iterable[Any]:
    """All of it: a lesson about outputs that the reader is refused."""
    return [values]


def hidden_by(masker: Masker, values: Any, prefix: Sequence[str | int] = ()) -> Iterable[Any]:
    """What the masker hides of the values."""
    return [hidden for _, hidden in changes(values, masker.apply(values, tuple(prefix)).value)]


def picked(outputs: Mapping[str, Any], parts: Sequence[str | int]) -> Any:
    """The value at a wire's place in a node's outputs; every item's, where the place is that of an item."""
    value: Any = outputs
    for position, part in enumerate(parts):
        if part == 0 and isinstance(part, int):
            if not isinstance(value, list):
                raise InputError("no list")
            return [found for item in value if (found := _or_none(item, parts[position + 1 :])) is not None]
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (KeyError, IndexError, TypeError, ValueError):
            raise InputError("not there") from None
    return value


def _or_none(value: Any, parts: Sequence[str | int]) -> Any:
    try:
        return picked(value, parts)
    except InputError:
        return None


def _values(run: Run, payload: bytes, budget: Budget) -> dict[str, Any]:
    budget.spend(len(payload) + sum(port.bytes for port in decode_ports(payload).values() if port.blob))
    return decode_outputs(payload, lambda digest: _blob(run, digest))


def _blob(run: Run, digest: str) -> bytes:
    return bytes(Blob.objects.values_list("data", flat=True).get(tenant_id=run.tenant_id, hash=digest))
