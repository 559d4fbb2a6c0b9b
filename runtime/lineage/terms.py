"""The words of column lineage: places, columns of them, and edges with how sure they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

WHOLE = "*"
"""The column that stands for all of a place."""

PlaceKind = Literal["dataset", "table", "file", "http", "port", "step"]
Tier = Literal["exact", "inferred", "unknown"]
Direction = Literal["read", "write"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where data is. Namespace and name together are unique in a workspace.

    `system` is for people, and no part of what a place is.
    """

    kind: PlaceKind
    namespace: str
    name: str
    system: str = field(default="", compare=False)
    label: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Ref:
    """A column of a place, by its dotted path; `WHOLE`: all of it."""

    place: Place
    column: str


@dataclass(frozen=True, slots=True)
class Edge:
    """That `target` is made from `source`. `how` is said in a few words."""

    source: Ref
    target: Ref
    tier: Tier
    how: str = ""


@dataclass(frozen=True, slots=True)
class Touch:
    """That a step reads or writes a place outside of the run, and the columns that it knows of it."""

    place: Place
    direction: Direction
    columns: tuple[str, ...] = ()


Columns = Mapping[str, tuple[Ref, ...]]
"""What may be at each dotted path of a value, and where it comes from. The path `""` is the value itself."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step that ran, as the flows look at it.

    `inputs` are by name. `outputs` are by port the dotted paths in what the port gave, "" where it gave a
    plain value. `config` has its templates in it; `exits` are what a container's body fed back, by name.
    """

    place: Place
    type: str
    config: Mapping[str, Any]
    inputs: Mapping[str, Columns]
    outputs: Mapping[str, Sequence[str]]
    exits: Mapping[str, Columns] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    """What `${name}` stands for, where that is a plain text: names of places may be written so."""

    def column(self, port: str, path: str) -> Ref:
        """The column of this step's place for a path in one of its outputs."""
        return Ref(self.place, column_name(port, path))


@dataclass(frozen=True, slots=True)
class Flow:
    """What a step did: edges into its own columns and into the places that it writes; `masked` by column."""

    edges: tuple[Edge, ...] = ()
    touches: tuple[Touch, ...] = ()
    masked: Mapping[str, str] = field(default_factory=dict)


def column_name(port: str, path: str) -> str:
    """How a path in an output is called as a column: that of `result` goes without the port."""
    if port == "result":
        return path or port
    return f"{port}.{path}" if path else port


def looked_up(columns: Columns, path: str) -> tuple[Ref, ...]:
    """What may be at the path: the column itself, what it lies in, or all that lies in it."""
    if path in columns:
        return columns[path]
    if not path:
        return all_of(columns)
    above = [name for name in columns if not name or path.startswith(f"{name}.")]
    if above:
        return columns[max(above, key=len)]
    return _unique(ref for name, refs in columns.items() if name.startswith(f"{path}.") for ref in refs)


def below(columns: Columns, path: str) -> Columns:
    """The columns of what is at the path, named from there on."""
    if not path:
        return columns
    prefix = f"{path}."
    found = {name[len(prefix) :]: refs for name, refs in columns.items() if name.startswith(prefix)}
    refs = () if found else looked_up(columns, path)
    return found if found else {"": refs} if refs else {}


def joined(several: Sequence[Columns]) -> Columns:
    """What may be at each path, when the value is any or a mixture of several."""
    names = dict.fromkeys(name for columns in several for name in columns)
    return {name: _unique(ref for one in several for ref in one.get(name, ())) for name in names}


def all_of(columns: Columns) -> tuple[Ref, ...]:
    """All that the value comes from."""
    return _unique(ref for refs in columns.values() for ref in refs)


def _unique(refs: Any) -> tuple[Ref, ...]:
    return tuple(dict.fromkeys(refs))
