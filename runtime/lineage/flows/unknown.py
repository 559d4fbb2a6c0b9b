"""What is said where nobody knows: a column may be made from anything that the step was given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from runtime.lineage.terms import WHOLE, Edge, Ref, Step, all_of


def all_unknown(step: Step, why: str) -> Iterator[Edge]:
    """All columns of the step."""
    paths = [(port, path) for port, found in step.outputs.items() for path in found]
    return unknown(step, [step.column(port, path) for port, path in paths], why)


def unknown(step: Step, columns: Iterable[Ref], why: str) -> Iterator[Edge]:
    """Those columns: from the step as a whole, and that from each input. So there are not n times m edges."""
    targets, whole = list(columns), Ref(step.place, WHOLE)
    sources = list(dict.fromkeys(ref for given in step.inputs.values() for ref in all_of(given)))
    if not sources or not targets:
        return
    for source in sources:
        yield Edge(source, whole, "unknown", why)
    for column in targets:
        yield Edge(whole, column, "unknown", why)
