"""SQLQueryNode: one statement against a PostgreSQL server or an SQLite file."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import aclosing
from typing import Any, Literal

from pydantic import Field

from runtime.engine.errors import NodeError
from runtime.engine.node import CheckContext, Effect, Node, NodeContext, Port, PortType
from runtime.engine.problems import Problem
from runtime.engine.templates import has_template
from runtime.nodes.dataset_read import name_problems, unreadable
from runtime.nodes.forms import FormParameters, look
from runtime.nodes.http_saving import SaveTo, adopt_rows
from runtime.nodes.records import without_secrets
from runtime.services_protocol import SqlConnection, SqlDesk, SqlTarget
from runtime.sql.text import SqlTextError, parse
from runtime.tabular.errors import TabularError
from runtime.tabular.spool import RowSpool

BATCH_ROWS = 1000
MOST_ROWS = 1_000_000


class SQLQueryNode(Node):
    """Reads records with a query, or performs one statement that writes.

    `result` are the records, or the dataset they were saved to; `summary` is `{rows, columns, complete,
    affected, elapsed_ms}`. A query reads within a transaction that cannot write. A statement that writes is
    performed at most once: after a crash a person says what became of it.
    """

    type = "SQLQueryNode"
    label = "SQL query"
    category = "data"
    icon = "db"
    description = "Queries a PostgreSQL database or an SQLite file, with bound parameters."
    effect = Effect.IDEMPOTENT
    inputs = (Port("parameters", PortType.OBJECT, "Parameters"),)
    outputs = (Port("result", PortType.RECORDS, "Records"), Port("summary", PortType.OBJECT, "Summary"))
    verbatim = frozenset({"query"})

    class Parameters(FormParameters):
        database: Literal["postgresql", "sqlite"] = Field("postgresql", title="Database")
        credential: str | None = Field(
            None,
            title="Credential",
            description="Which server, and who asks it.",
            min_length=1,
            max_length=200,
            json_schema_extra=look(
                widget="credential", credential_use="sql", visible_if={"database": "postgresql"}
            ),
        )
        file: str | None = Field(
            None,
            title="File",
            description="Name of the SQLite file.",
            min_length=1,
            max_length=100,
            json_schema_extra=look(visible_if={"database": "sqlite"}),
        )
        query: str = Field(
            title="Query",
            description="One statement. :name stands for a parameter; nothing is put into the text.",
            min_length=1,
            max_length=100_000,
            json_schema_extra=look(widget="textarea"),
        )
        parameters: dict[str, Any] = Field(
            default_factory=dict,
            title="Parameters",
            description="Values by name; those of a connection win.",
            json_schema_extra=look(widget="json"),
        )
        mode: Literal["read", "write"] = Field(
            "read",
            title="Mode",
            description="Only with write may the statement change something, and then it is never repeated.",
        )
        max_rows: int = Field(10_000, title="At most records", ge=1, le=MOST_ROWS)
        on_limit: Literal["fail", "stop"] = Field(
            "fail",
            title="When there are more",
            description="Fail, or go on with those.",
            json_schema_extra=look(advanced=True),
        )
        timeout_s: float = Field(
            30.0,
            title="Time limit (seconds)",
            description="From the connection to the last record. The server stops then, too.",
            gt=0,
            le=3600,
            json_schema_extra=look(widget="duration", advanced=True),
        )
        save_to: SaveTo | None = Field(
            None,
            title="Save as a dataset",
            description="The records go into a dataset as they arrive, and never into memory whole.",
            json_schema_extra=look(advanced=True),
        )

    parameters: Parameters

    @classmethod
    def effect_of(cls, config: Mapping[str, Any]) -> Effect:
        """Reading may be repeated; what writes to another system has no key to know it by."""
        if config.get("mode", "read") != "read":
            return Effect.AT_MOST_ONCE
        return Effect.IDEMPOTENT if config.get("save_to") is None else Effect.EFFECTFUL

    @classmethod
    def check(cls, config: Mapping[str, Any], context: CheckContext) -> list[Problem]:
        problems = _place_problems(config) + _mode_problems(config)
        problems += _query_problems(config, is_wired="parameters" in context.wired)
        saved = config.get("save_to")
        if isinstance(saved, Mapping):
            problems += name_problems(saved.get("dataset"), "config.save_to.dataset")
        return problems

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        given = self.parameters
        started = time.monotonic()
        timeout_s = min(given.timeout_s, context.timeout_s or given.timeout_s)
        async with _desk(context).connect(
            self._target(), is_writing=given.mode == "write", timeout_s=timeout_s
        ) as connection:
            left_s = max(0.001, timeout_s - (time.monotonic() - started))
            if given.mode == "write":
                result, summary = await self._write(connection, context, left_s)
            elif given.save_to is not None:
                result, summary = await self._save(connection, context, given.save_to, left_s)
            else:
                result, summary = await self._read(connection, context, left_s)
        elapsed_ms = round((time.monotonic() - started) * 1000, 1)
        context.log("info", f"{summary['rows']} records in {elapsed_ms:g} ms")
        return {"result": result, "summary": {**summary, "elapsed_ms": elapsed_ms}}

    async def _read(self, connection: SqlConnection, context: NodeContext, timeout_s: float) -> Any:
        records: list[dict[str, Any]] = []
        async with aclosing(self._rows(connection, context, timeout_s)) as batches:
            async for batch in batches:
                records += batch
                context.progress(len(records))
        complete = self._is_complete(len(records))
        kept = records[: self.parameters.max_rows]
        return kept, _summary(len(kept), list(kept[0]) if kept else [], complete=complete)

    async def _save(
        self, connection: SqlConnection, context: NodeContext, target: SaveTo, timeout_s: float
    ) -> Any:
        most, seen = self.parameters.max_rows, 0
        async with RowSpool(max_bytes=target.max_bytes) as spool:
            async with aclosing(self._rows(connection, context, timeout_s)) as batches:
                async for batch in batches:
                    seen += len(batch)
                    await _added(spool, without_secrets(batch[: most - spool.rows], context), target)
                    context.progress(spool.rows)
            complete = self._is_complete(seen)
            saved = await adopt_rows(target, spool, context)
            columns = [column["name"] for column in saved["columns"]]
            return saved, _summary(spool.rows, columns, complete=complete)

    async def _write(self, connection: SqlConnection, context: NodeContext, timeout_s: float) -> Any:
        given = self.parameters
        change = await connection.change(
            given.query, self._values(context), max_rows=given.max_rows, timeout_s=timeout_s
        )
        columns = list(change.rows[0]) if change.rows else []
        summary = _summary(len(change.rows), columns, complete=True)
        return change.rows, {**summary, "affected": change.affected}

    def _rows(self, connection: SqlConnection, context: NodeContext, timeout_s: float) -> Any:
        """One more than is wanted, to know whether there are more."""
        return connection.rows(
            self.parameters.query,
            self._values(context),
            batch_rows=BATCH_ROWS,
            max_rows=self.parameters.max_rows + 1,
            timeout_s=timeout_s,
        )

    def _is_complete(self, rows: int) -> bool:
        most = self.parameters.max_rows
        if rows > most and self.parameters.on_limit == "fail":
            raise NodeError(
                f"The query gives more than {most:,} records (max_rows): narrow it, or raise the limit",
                code="too_many_rows",
                max_rows=most,
            )
        return rows <= most

    def _target(self) -> SqlTarget:
        given = self.parameters
        name = given.credential if given.database == "postgresql" else given.file
        if not name:
            key = "credential" if given.database == "postgresql" else "file"
            raise NodeError(f"The step names no {key} for its database", code="missing_parameter", field=key)
        return SqlTarget(given.database, name)

    def _values(self, context: NodeContext) -> dict[str, Any]:
        given = context.inputs.get("parameters") or {}
        if not isinstance(given, Mapping):
            raise NodeError(
                "The input 'parameters' needs an object of names and values",
                code="invalid_input",
                input="parameters",
            )
        return {**self.parameters.parameters, **given}


def _desk(context: NodeContext) -> SqlDesk:
    desk: SqlDesk | None = getattr(context.services, "sql", None)
    if desk is None:
        raise NodeError("nothing here opens databases", code="unknown_database")
    return desk


async def _added(spool: RowSpool, batch: list[dict[str, Any]], target: SaveTo) -> None:
    try:
        await spool.add(batch)
    except TabularError as error:
        raise unreadable(target.dataset, error) from error


def _summary(rows: int, columns: list[str], *, complete: bool) -> dict[str, Any]:
    return {"rows": rows, "columns": columns, "complete": complete, "affected": None}


def _place_problems(config: Mapping[str, Any]) -> list[Problem]:
    kind = config.get("database", "postgresql")
    needed, other = ("credential", "file") if kind == "postgresql" else ("file", "credential")
    problems = []
    if not config.get(needed):
        what = "which credential opens the server" if needed == "credential" else "which SQLite file"
        problems.append(Problem("missing_parameter", f"say {what}", field=f"config.{needed}"))
    if config.get(other):
        message = f"'{other}' does not belong to a database of the kind {kind}"
        problems.append(Problem("invalid_parameter", message, field=f"config.{other}", hint="Remove it."))
    return problems


def _mode_problems(config: Mapping[str, Any]) -> list[Problem]:
    mode = config.get("mode")
    if isinstance(mode, str) and has_template(mode):
        message = "mode cannot be a template: whether a step may be repeated is decided before the run"
        return [Problem("invalid_parameter", message, field="config.mode")]
    if mode == "write" and config.get("save_to") is not None:
        message = "what a statement that writes returns is not saved"
        return [Problem("invalid_parameter", message, field="config.save_to", hint="Remove it, or read.")]
    return []


def _query_problems(config: Mapping[str, Any], *, is_wired: bool) -> list[Problem]:
    kind = config.get("database", "postgresql")
    if kind not in ("postgresql", "sqlite"):
        return []
    try:
        statement = parse(config["query"], kind)
    except SqlTextError as error:
        return [Problem("invalid_sql", error.message, field="config.query", line=error.facts["line"])]
    given = config.get("parameters") or {}
    if not isinstance(given, Mapping):
        return []
    unused = [
        Problem(
            "unused_parameter",
            f"the query has no :{name}",
            field=f"config.parameters.{name}",
            severity="warning",
        )
        for name in sorted(given.keys() - statement.names)
    ]
    missing = [] if is_wired else sorted(statement.names - given.keys())
    hint = "Add it to the parameters, or connect the input 'parameters'."
    return unused + [
        Problem(
            "missing_parameter", f"the query needs a value for :{name}", field="config.parameters", hint=hint
        )
        for name in missing
    ]
