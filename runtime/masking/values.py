"""The values of masked fields, taken out of whatever else a run says: other nodes' data, logs, errors."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from runtime.engine.secret import DOTS

SHORTEST = 4
"""Shorter texts, and numbers of fewer digits, stand elsewhere by chance: they are hidden where they are."""

_FEW = 32


class MaskedValues:
    """Learns values, then takes them out of texts and JSON values. Text is searched verbatim.

    The time grows with the length of what is searched, not with how much was learned: at each place the
    next four characters are looked up, and only where a learned text begins so, its lengths are tried.
    """

    __slots__ = ("_lengths", "_numbers", "_texts", "_written")

    def __init__(self) -> None:
        self._texts: set[str] = set()
        self._written: set[str] = set()
        self._numbers: set[str] = set()
        self._lengths: dict[str, set[int]] = {}

    def __repr__(self) -> str:
        return f"MaskedValues({len(self._texts)} texts)"

    def __bool__(self) -> bool:
        return bool(self._texts)

    def learn(self, value: Any) -> None:
        """Every text and number in the value, also in lists and objects."""
        for leaf in _leaves(value):
            if isinstance(leaf, str):
                self._learn_text(leaf)
            elif not isinstance(leaf, bool) and isinstance(leaf, int | float):
                self._learn_number(leaf)

    def text(self, text: str) -> str:
        """The text with dots for every value."""
        if len(text) < SHORTEST or not self._texts or self._is_clearly_without(text):
            return text
        parts: list[str] = []
        done = 0
        lengths = self._lengths
        for place in [i for i in range(len(text) - SHORTEST + 1) if text[i : i + SHORTEST] in lengths]:
            if place < done:
                continue
            end = self._end_of_match(text, place)
            if end:
                parts += (text[done:place], DOTS)
                done = end
        return text if not parts else "".join((*parts, text[done:]))

    def value(self, value: Any) -> Any:
        """A JSON value with dots for every value in it, keys too; the same object where there is none."""
        if not self._texts:
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            changed = {self.text(key): self.value(item) for key, item in value.items()}
            same = len(changed) == len(value) and all(changed.get(key) is item for key, item in value.items())
            return value if same else changed
        if isinstance(value, list | tuple):
            found = [self.value(item) for item in value]
            return value if all(new is old for new, old in zip(found, value, strict=True)) else found
        if isinstance(value, int | float) and not isinstance(value, bool):
            return DOTS if self._numbers.intersection(_number_texts(value)) else value
        return value

    def _learn_text(self, text: str) -> None:
        for form in {text, text.strip(), json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}:
            if len(form.strip()) >= SHORTEST:
                self._written.add(form)
                self._add(form)
        digits = text.strip()
        if len(digits) >= SHORTEST and digits.isascii() and digits.isdecimal():
            self._numbers.add(digits)

    def _learn_number(self, number: int | float) -> None:
        forms = _number_texts(number)
        if min((sum(map(str.isdigit, form)) for form in forms), default=0) < SHORTEST:
            return
        self._numbers |= forms
        for form in forms:
            self._add(form)

    def _add(self, form: str) -> None:
        self._texts.add(form)
        self._lengths.setdefault(form[:SHORTEST], set()).add(len(form))

    def _is_clearly_without(self, text: str) -> bool:
        return len(self._texts) <= _FEW and not any(form in text for form in self._texts)

    def _end_of_match(self, text: str, place: int) -> int:
        """Where the longest value that begins here ends; 0 for none."""
        for length in sorted(self._lengths[text[place : place + SHORTEST]], reverse=True):
            found = text[place : place + length]
            if found in self._written or (found in self._texts and _stands_alone(text, place, length)):
                return place + length
        return 0


def _stands_alone(text: str, place: int, length: int) -> bool:
    """Whether the digits are a number by themselves, and no part of a longer one."""
    before, after = text[place - 1 : place], text[place + length : place + length + 1]
    return not before.isdigit() and not after.isdigit()


def _number_texts(number: int | float) -> set[str]:
    """How the number is written: `5000000`, `5,000,000`, and `5000000.0` where it is a float."""
    try:
        forms = {str(abs(number)), f"{abs(number):,}"}
        if isinstance(number, float) and number.is_integer():
            forms |= {str(int(abs(number))), f"{int(abs(number)):,}"}
        elif isinstance(number, int):
            forms.add(str(float(abs(number))))
    except (OverflowError, ValueError):  # past every float, or more digits than Python writes
        return set()
    return forms


def _leaves(value: Any) -> Iterator[Any]:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Mapping):
            waiting += item.values()
        elif isinstance(item, list | tuple):
            waiting += item
        else:
            yield item
