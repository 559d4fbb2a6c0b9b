"""A map at work: an iteration for each item, some of them open at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from runtime.engine.container import Entrance, error_from
from runtime.engine.errors import InputError, NodeError
from runtime.engine.rounds import Rounds
from runtime.engine.scope import Scope


class MapRun(Rounds):
    def __init__(self, entrance: Entrance) -> None:
        super().__init__(entrance)
        self._items = _items_of(self.inputs.get("items"), self.steps.config.max_iterations)
        count = self.total = len(self._items)
        self._values: list[Any] = [None] * count
        self._errors: dict[int, Mapping[str, Any]] = {}
        self._pending: Iterator[int] = iter(range(1, count + 1))
        self._fails = self.parameters.on_item_error == "fail"

    def open(self) -> None:
        last = max([*self.history.ended, *self.history.open], default=0)
        if last > len(self._items):
            message = f"the record of this run has item {last} of a list of {len(self._items)}"
            self.break_off(NodeError(message, code="record_damaged"))
            return
        for number, ended in self.history.ended.items():
            self._values[number - 1] = ended.value
            if ended.error is not None:
                self._errors[number] = ended.error
        if self._errors and self._stops_at_once():
            self.break_off(self.cause_of_end())
            return
        under_way = sorted(self.history.open)
        known = {*self.history.ended, *under_way}
        self._pending = (number for number in self._pending if number not in known)
        for number in under_way:
            self._open(number)
        self._open_more()

    def value_of(self, scope: Scope) -> Any:
        return self.exit_of(scope, "value", None)

    def round_succeeded(self, number: int, value: Any) -> None:
        self._values[number - 1] = value
        self._open_more()

    def round_failed(self, number: int, error: Mapping[str, Any]) -> None:
        self._errors[number] = error
        if self._stops_at_once():
            self.break_off(self.cause_of_end())
        else:
            self._open_more()

    def cause_of_end(self) -> NodeError:
        failed = {
            **{
                number: ended.error for number, ended in self.history.ended.items() if ended.error is not None
            },
            **self._errors,
        }
        if failed and self._stops_at_once():
            return error_from(failed[min(failed)], iteration=min(failed))
        return super().cause_of_end()

    def _stops_at_once(self) -> bool:
        return self._fails and self.step.scope.config.fail_fast

    def _open(self, number: int) -> None:
        item = {"item": self._items[number - 1], "index": number - 1}
        self.open_round(number, {**self.inputs, **item})

    def _open_more(self) -> None:
        while len(self.scopes) < self.parameters.max_concurrent:
            number = next(self._pending, None)
            if number is None:
                break
            self._open(number)
        if not self.scopes:
            self._finish()

    def _finish(self) -> None:
        failed = sorted(self._errors)
        if failed and self._fails:
            self.fail(error_from(self._errors[failed[0]], iteration=failed[0]))
            return
        errors = [{"index": number - 1, "error": dict(self._errors[number])} for number in failed]
        self.succeed({"result": self._values, "errors": errors})


def _items_of(items: Any, cap: int) -> list[Any]:
    if not isinstance(items, list | tuple):
        raise InputError(f"'items' must be a list, not {type(items).__name__}", input="items")
    if len(items) > cap:
        message = f"the list has {len(items)} items, more than the max_iterations of this run, {cap}"
        raise NodeError(message, code="too_many_items", items=len(items), max_iterations=cap)
    return list(items)
