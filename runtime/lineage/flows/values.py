"""What is known of a value in author code without running it: which inputs it is made from, by field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

Origin = tuple[str, str]
"""An input, and the dotted path in it; items of lists go without a name."""

MAX_FIELDS = 200
MAX_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Made:
    """A value. `same` are what it may be itself, `of` what it is computed from.

    `fields` are its named parts, where it is built here; `items` what else lies in it, by the names `keys`.
    """

    same: frozenset[Origin] = frozenset()
    of: frozenset[Origin] = frozenset()
    fields: Mapping[str, Made] = field(default_factory=dict)
    items: Made | None = None
    keys: frozenset[Origin] = frozenset()

    @property
    def all(self) -> frozenset[Origin]:
        """Everything that the value or a part of it comes from, names that are data included."""
        found = self.same | self.of | self.keys
        for part in (*self.fields.values(), *(() if self.items is None else (self.items,))):
            found |= part.all
        return found

    @property
    def item(self) -> Made:
        """One of the things that lie in it."""
        parts = [] if self.items is None else [self.items]
        if self.same or self.of:
            parts.append(Made(self.same, self.of))
        return either(parts) if parts else either(self.fields.values())

    def at(self, name: str) -> Made:
        """The part of that name."""
        if name in self.fields:
            return self.fields[name]
        below = frozenset((one, f"{path}.{name}" if path else name) for one, path in self.same)
        found = Made(below, self.of)
        return (
            found if self.items is None else either([found, self.items.at(name) if self.same else self.items])
        )

    def found_at(self, path: str) -> Made | None:
        """What lies at a dotted path, through lists; None: nobody knows."""
        here = self
        for name in path.split(".") if path else ():
            while here.items is not None and not here.fields and not here.same:
                here = here.items
            if name in here.fields:
                here = here.fields[name]
            elif here.same or here.of:
                here = here.at(name)
            elif here.items is not None:
                here = here.items
            else:
                return None
        return here

    def with_field(self, name: str, value: Made) -> Made:
        fields = dict(self.fields)
        if name in fields or len(fields) < MAX_FIELDS:
            fields[name] = value
        return replace(self, fields=fields)

    def with_item(self, value: Made, key: frozenset[Origin] = frozenset()) -> Made:
        items = value if self.items is None else either([self.items, value])
        return replace(self, items=items, keys=self.keys | key)


NOTHING = Made()


def computed(parts: Iterable[Made]) -> Made:
    """A value that is worked out from others, and is none of them."""
    found: frozenset[Origin] = frozenset()
    for part in parts:
        found |= part.all
    return Made(of=found)


def either(several: Iterable[Made], depth: int = 0) -> Made:
    """A value that may be any of these."""
    parts = list(several)
    if len(parts) == 1:
        return parts[0]
    if depth >= MAX_DEPTH:
        return computed(parts)
    same: frozenset[Origin] = frozenset()
    of: frozenset[Origin] = frozenset()
    fields: dict[str, list[Made]] = {}
    items: list[Made] = []
    keys: frozenset[Origin] = frozenset()
    for part in parts:
        same |= part.same
        keys |= part.keys
        of |= part.of
        for name, value in part.fields.items():
            fields.setdefault(name, []).append(value)
        if part.items is not None:
            items.append(part.items)
    return Made(
        same,
        of,
        {name: either(values, depth + 1) for name, values in list(fields.items())[:MAX_FIELDS]},
        either(items, depth + 1) if items else None,
        keys,
    )
