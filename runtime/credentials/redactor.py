"""Takes the secrets that a run has used out of everything that leaves it."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Any, Final

from runtime.credentials.forms_of_secrets import telling_texts
from runtime.credentials.sieve import Sieve
from runtime.engine.secret import DOTS

STRUCTURAL: Final = frozenset(
    {"at", "attempt", "code", "error", "inner", "node", "ready_at", "reason", "retryable", "seq"}
    | {"status", "trigger", "type", "until", "usage", "message", "decided_by"}
)
"""Keys of an event's data that keep their names."""

_FIXED: Final = STRUCTURAL - {"message", "error", "usage"}


class Redactor:
    """Knows what one run may not show. It learns a secret before anybody else is given it.

    Looking costs nothing while no secret is known. After that a text is searched for forms by plain substring
    search, whose time grows with the text's length alone (1 MB and one secret: 1 to 20 ms), and rewritten
    only where one was found. Of many forms a sieve first leaves those that can be in it.
    """

    __slots__ = ("_escaped", "_forms", "_lock", "_numbers", "_secrets", "_shortest", "_sieve", "_texts")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._secrets: frozenset[str] = frozenset()
        self._texts: tuple[str, ...] = ()
        self._forms: list[str] = []
        self._sieve = Sieve()
        self._escaped = Sieve()
        self._numbers: frozenset[str] = frozenset()
        self._shortest = 0

    def __repr__(self) -> str:
        return f"Redactor({len(self._secrets)} secrets)"

    @property
    def is_empty(self) -> bool:
        return not self._texts

    @property
    def longest(self) -> int:
        """Bytes of the longest form that is looked for."""
        return max((len(_encoded(form)) for form in self._texts), default=0)

    def learn(self, *secrets: str) -> None:
        """From here on these are taken out. May be called from any thread."""
        with self._lock:
            new = frozenset(secrets) - self._secrets
            forms = telling_texts(new)
            self._secrets |= new
            self._numbers |= {secret for secret in new if secret[-1:].isdigit()}
            if not forms:
                return
            self._escaped.add({_encoded(json.dumps(form, ensure_ascii=False)[1:-1]) for form in forms})
            texts = {*self._texts, *forms}
            added = list(texts.difference(self._texts))
            self._forms += added
            # What has dots in it may come about while others are taken out.
            self._sieve.add(map(_encoded, added), always=_encoded(DOTS[0]))
            self._shortest = min(map(len, texts))
            self._texts = tuple(sorted(texts, key=_longest_first))

    def text(self, text: str) -> str:
        """The text with dots for every secret."""
        if len(text) < self._shortest:
            return text
        for form in self._texts if self._sieve.is_small else self._possible(_encoded(text)):
            if form in text:
                text = text.replace(form, DOTS)
        return text

    def raw(self, content: bytes) -> bytes:
        """Bytes of text in UTF-8 with dots for every secret."""
        for form in self._possible(content):
            content = content.replace(_encoded(form), DOTS.encode())
        return content

    def value(self, value: Any) -> Any:
        """A JSON value without secrets in texts and keys; the same object where there is none."""
        return value if not self._texts else self._value(value, frozenset(), frozenset())

    def event_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """An event's data without secrets. What the fold reads (statuses, reasons, times) stays as it is."""
        if not self._texts:
            return data
        redacted: dict[str, Any] = self._value(data, STRUCTURAL, _FIXED)
        return redacted

    def is_in(self, *encoded: bytes) -> bool:
        """Whether JSON text holds a secret: much cheaper than to walk the value that it was made of."""
        return any(map(self._escaped.is_in, encoded))

    def _possible(self, content: bytes) -> list[str]:
        """The forms that can be in it, longest first."""
        places = self._sieve.places(content)
        return sorted([self._forms[place] for place in places], key=_longest_first) if places else []

    def _value(self, value: Any, kept_keys: frozenset[str], fixed: frozenset[str]) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            items = {
                key if key in kept_keys else self._key(key): (
                    item if key in fixed else self._value(item, kept_keys, fixed)
                )
                for key, item in value.items()
            }
            return value if _same(items, value) else items
        if isinstance(value, list | tuple):
            found = [self._value(item, kept_keys, fixed) for item in value]
            if all(new is old for new, old in zip(found, value, strict=True)):
                return value
            return tuple(found) if type(value) is tuple else found
        if self._numbers and isinstance(value, int | float) and not isinstance(value, bool):
            return DOTS if str(value) in self._numbers else value
        return value

    def _key(self, key: Any) -> Any:
        return self.text(key) if isinstance(key, str) else key


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _longest_first(form: str) -> tuple[int, str]:
    return -len(form), form


def _same(items: Mapping[Any, Any], value: Mapping[Any, Any]) -> bool:
    return len(items) == len(value) and all(
        key in items and items[key] is item for key, item in value.items()
    )
