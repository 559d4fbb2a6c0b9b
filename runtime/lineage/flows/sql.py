"""Columns of SQL, traced by sqlglot through joins, subqueries and expressions. The database is not asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from runtime.lineage.flows.places import dataset_place, named
from runtime.lineage.flows.unknown import all_unknown
from runtime.lineage.terms import WHOLE, Columns, Edge, Flow, Place, Ref, Step, Touch, looked_up

_DIALECTS = {"postgresql": "postgres", "sqlite": "sqlite"}
UNREAD = "the statement could not be followed"
Traced = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
"""By column what it comes from: `(table, column)`, and `("", name)` for a parameter."""


def queried(step: Step) -> Flow:
    """A statement that reads, or one that writes."""
    found = traced(str(step.config.get("query", "")), str(step.config.get("database", "postgresql")))
    if found is None:
        return Flow(tuple(all_unknown(step, UNREAD)))
    given = {name: refs for name, refs in step.inputs.get("parameters", {}).items() if name}
    source = _Source(step.config, given)
    edges = list(_read(step, found, source))
    touches = [Touch(source.place(table), "read", columns) for table, columns in found.read]
    if found.written:
        place = source.place(found.written)
        edges += _into(place, found.columns, source, "written by the statement")
        touches.append(Touch(place, "write", tuple(name for name, _ in found.columns if name != WHOLE)))
    saved = step.config.get("save_to")
    name = named(step, saved.get("dataset")) if isinstance(saved, Mapping) else None
    if name is not None:
        place = dataset_place(name)
        edges += _into(place, found.columns, source, "saved")
        touches.append(Touch(place, "write", tuple(name for name, _ in found.columns if name != WHOLE)))
    return Flow(tuple(dict.fromkeys(edges)), tuple(touches))


def columns_of_query(statement: str, config: Mapping[str, Any]) -> Columns:
    """What the records of a query are made from."""
    found = traced(statement, str(config.get("database", "postgresql")))
    if found is None:
        return {}
    source = _Source(config, {})
    return {name: tuple(source.refs(origins)) for name, origins in found.columns if name != WHOLE}


class _Source:
    """The database of a step: its tables as places."""

    def __init__(self, config: Mapping[str, Any], given: Columns) -> None:
        kind = str(config.get("database", "postgresql"))
        name = str(config.get("credential" if kind == "postgresql" else "file") or "")
        self._namespace = f"{kind}:{name}"[:300]
        self._system = "PostgreSQL" if kind == "postgresql" else "SQLite"
        self._given = given

    def place(self, table: str) -> Place:
        return Place("table", self._namespace, table[:300], self._system, table[:300])

    def refs(self, origins: tuple[tuple[str, str], ...]) -> Iterator[Ref]:
        for table, column in origins:
            if table:
                yield Ref(self.place(table), column)
            else:
                yield from looked_up(self._given, column)


def _read(step: Step, found: Statement, source: _Source) -> Iterator[Edge]:
    known = dict(found.columns)
    for path in step.outputs.get("result", ()):
        origins = known.get(path)
        if origins is None and found.star and path:
            origins = ((found.star, path),)
        for ref in source.refs(origins or ()):
            yield Edge(ref, step.column("result", path), "exact", "by the SQL statement")
        if origins is None and not found.star and WHOLE in known:
            for ref in source.refs(known[WHOLE]):
                yield Edge(ref, step.column("result", path), "unknown", "select * of several tables")


def _into(place: Place, columns: Traced, source: _Source, how: str) -> Iterator[Edge]:
    for name, origins in columns:
        for ref in source.refs(origins):
            yield Edge(ref, Ref(place, name), "unknown" if name == WHOLE else "exact", how)


class Statement:
    """What a statement says. `columns` are of its result or of the table that is `written`.

    `star`: all columns of this one table are the result's. `read` are tables with the columns that are used.
    """

    def __init__(self, columns: Traced, written: str, star: str) -> None:
        self.columns = columns
        self.written = written
        self.star = star
        tables: dict[str, dict[str, None]] = {star: {}} if star else {}
        for _, origins in columns:
            for table, column in origins:
                if table:
                    tables.setdefault(table, {})[column] = None
        self.read = tuple(
            (table, tuple(name for name in names if name != WHOLE)) for table, names in tables.items()
        )


@lru_cache(maxsize=256)
def traced(text: str, database: str) -> Statement | None:
    """None for a statement that is not understood."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    dialect = _DIALECTS.get(database, "postgres")
    try:
        tree = sqlglot.parse_one(text, read=dialect)
        if isinstance(tree, exp.Insert):
            return _inserted(tree, dialect)
        if isinstance(tree, exp.Update):
            return _updated(tree)
        if isinstance(tree, exp.Query):
            return _selected(tree, dialect)
    except (SqlglotError, ValueError, KeyError, AttributeError, RecursionError, TypeError):
        return None
    return None


def _selected(tree: Any, dialect: str) -> Statement:
    star = _only_table(tree) if tree.is_star else ""
    return Statement(_projections(tree, dialect), "", star)


def _inserted(tree: Any, dialect: str) -> Statement:
    from sqlglot import exp

    into = tree.this
    table = _table_name(into.this if isinstance(into, exp.Schema) else into)
    names = [one.name for one in into.expressions] if isinstance(into, exp.Schema) else []
    source = tree.expression
    if isinstance(source, exp.Values):
        rows = [row.expressions for row in source.expressions]
        columns = [
            (name, tuple(origin for row in rows if place < len(row) for origin in _direct(row[place])))
            for place, name in enumerate(names)
        ]
        return Statement(tuple(columns), table, "")
    if not isinstance(source, exp.Query):
        return Statement((), table, "")
    found = _projections(source, dialect)
    named_ = [
        (names[place] if place < len(names) else name, origins) for place, (name, origins) in enumerate(found)
    ]
    return Statement(tuple(named_), table, "")


def _updated(tree: Any) -> Statement:
    from sqlglot import exp

    table = _table_name(tree.this)
    columns = [
        (one.this.name, tuple(_direct(one.expression, table)))
        for one in tree.expressions
        if isinstance(one, exp.EQ)
    ]
    return Statement(tuple(columns), table, "")


def _direct(node: Any, table: str = "") -> Iterator[tuple[str, str]]:
    """What an expression without a query of its own reads."""
    from sqlglot import exp

    for placeholder in node.find_all(exp.Placeholder):
        yield "", str(placeholder.this)
    if table:
        for column in node.find_all(exp.Column):
            yield table, column.name


def _projections(tree: Any, dialect: str) -> Traced:
    """Each column of a query with the columns of tables that it comes from, through whatever lies between."""
    from sqlglot import exp
    from sqlglot.lineage import lineage
    from sqlglot.optimizer.qualify import qualify
    from sqlglot.optimizer.scope import build_scope

    qualified = qualify(
        tree.copy(), dialect=dialect, validate_qualify_columns=False, identify=False, quote_identifiers=False
    )
    scope = build_scope(qualified)
    found: list[tuple[str, tuple[tuple[str, str], ...]]] = []
    for projection in qualified.selects:
        name = projection.alias_or_name
        if projection.is_star:
            tables = {_table_name(one) for one in qualified.find_all(exp.Table)}
            found.append((WHOLE, tuple((table, WHOLE) for table in sorted(tables))))
            continue
        node = lineage(name, qualified, {}, dialect=dialect, scope=scope, copy=False)
        origins: dict[tuple[str, str], None] = {}
        for one in node.walk():
            if isinstance(one.source, exp.Table) and not one.downstream:
                origins[_table_name(one.source), one.name.rpartition(".")[2]] = None
            for placeholder in one.expression.find_all(exp.Placeholder):
                if isinstance(placeholder.this, str):
                    origins["", placeholder.this] = None
        found.append((name, tuple(origins)))
    return tuple(found)


def _only_table(tree: Any) -> str:
    """The one table that a `select *` is about; empty for several."""
    from sqlglot import exp

    tables = {_table_name(one) for one in tree.find_all(exp.Table)}
    return tables.pop() if len(tables) == 1 and len(tree.selects) == 1 else ""


def _table_name(table: Any) -> str:
    return ".".join(part.name for part in table.parts)
