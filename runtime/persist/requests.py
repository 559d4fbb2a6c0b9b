"""What makes two runs the same request: the workflow, what it is given, and which part of it runs."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import Any

from runtime.engine.errors import OutputError, ParameterError
from runtime.engine.outputs import check_json
from runtime.engine.plan import Plan
from runtime.persist.lines import Request

_MOST_KNOWN = 32


class Requests:
    """Makes requests; remembers the hashes of the last workflows, which cost milliseconds when large."""

    def __init__(self) -> None:
        self._known: OrderedDict[int, tuple[Plan, str]] = OrderedDict()

    def request(
        self,
        plan: Plan,
        parameters: Mapping[str, Any],
        *,
        mode: str = "full",
        node: str | None = None,
        results: Mapping[str, Any] | None = None,
    ) -> Request:
        """Raises `ParameterError` when a parameter is not JSON: the next run's could not be compared."""
        given = {"parameters": parameters, **({"results": results} if results else {})}
        return Request(self._workflow(plan), _hash_of_json(given), mode, node)

    def _workflow(self, plan: Plan) -> str:
        known = self._known.get(id(plan))
        if known is None:
            known = self._known[id(plan)] = plan, _hash_of_plan(plan)
            if len(self._known) > _MOST_KNOWN:
                self._known.popitem(last=False)
        return known[1]


def _hash_of_plan(plan: Plan) -> str:
    hashes = list(_graph_hashes(plan))
    return hashes[0] if len(hashes) == 1 else hashlib.sha256(" ".join(hashes).encode()).hexdigest()


def _graph_hashes(plan: Plan) -> Iterator[str]:
    """Of the workflow and of every sub-workflow in it, in a stable order."""
    yield plan.graph.content_hash()
    for node in plan.all_nodes():
        if node.holds_workflow and node.body is not None:
            yield from _graph_hashes(node.body)


def _hash_of_json(value: Mapping[str, Any]) -> str:
    try:
        plain = {name: check_json(part, name) for name, part in value.items()}
    except OutputError as error:
        raise ParameterError(f"with persist= {error.message}", code="not_json") from error
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
