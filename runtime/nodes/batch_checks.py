"""What is wrong with a batch step's settings beyond their schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from runtime.engine.node import CheckContext
from runtime.engine.problems import Problem
from runtime.engine.templates import has_template, template_names
from runtime.nodes.conditions import expression_problems
from runtime.nodes.http_checks import credential_problems, header_problems, url_problems
from runtime.sql.text import SqlTextError, parse
from runtime.tabular.errors import TabularError
from runtime.tabular.names import check_dataset_name

_CODE_NAMES = frozenset({"records", "batch_index"})
_FIXED = ("kind", "credential", "database", "pagination")
_DATASETS = ("data_source", "dead_letter_dataset", "output_dataset")


def problems_of_source(config: Mapping[str, Any], context: CheckContext) -> list[Problem]:
    """Datasets with names that none can have, no source, or two."""
    source = _object(config.get("source"))
    named = [(f"config.{key}", config.get(key)) for key in _DATASETS]
    named.append(("config.source.dataset", source.get("dataset")))
    problems = [problem for field, name in named for problem in _name_problems(name, field)]
    if isinstance(config.get("source"), str):
        message = "source cannot be a template: what is read is decided before the run; name a data_source"
        problems.append(Problem("invalid_parameter", message, field="config.source"))
    has_name, has_items = config.get("data_source") is not None, "items" in context.wired
    kind = source.get("kind", "given")
    problems += _fixed_problems(source)
    problems += _sql_problems(source) if kind == "sql" else _http_problems(source) if kind == "http" else []
    if has_name and (has_items or kind != "given"):
        message = "has two sources: name a data_source, or read from something else, not both"
        problems.append(Problem("two_sources", message, field="config.data_source"))
    if kind == "given" and not has_name and not has_items:
        hint = "Name a dataset, or connect records to items. A run may still supply it."
        message = "there is nothing to read"
        problems.append(
            Problem("missing_input", message, field="config.data_source", severity="warning", hint=hint)
        )
    return problems


def problems_of_processing(config: Mapping[str, Any], context: CheckContext) -> list[Problem]:
    processing = _object(config.get("processing"))
    if processing.get("kind") == "expression":
        return expression_problems(processing.get("expression"), "config.processing.expression")
    code = processing.get("code")
    if processing.get("kind") != "code" or context.code_checker is None or not isinstance(code, str):
        return []
    report, field = context.code_checker(code), "config.processing.code"
    problems = [
        Problem(
            "code_problem",
            found.message,
            field=field,
            severity=found.severity,
            line=found.line,
            hint=found.hint,
        )
        for found in report.problems
    ]
    unknown = [name for name in report.free_names if name not in _CODE_NAMES]
    hint = "The code of a batch has records and batch_index."
    return problems + [
        Problem("unknown_name", f"the code reads '{name}', which is nowhere set", field=field, hint=hint)
        for name in unknown
    ]


def _fixed_problems(source: Mapping[str, Any]) -> list[Problem]:
    return [
        Problem(
            "invalid_parameter",
            f"{key} cannot be a template: it is decided before the run",
            field=f"config.source.{key}",
        )
        for key in _FIXED
        if template_names(source.get(key))
    ]


def _sql_problems(source: Mapping[str, Any]) -> list[Problem]:
    database = source.get("database", "postgresql")
    needed = "credential" if database == "postgresql" else "file"
    problems = []
    if not source.get(needed):
        message = "say which credential opens the server" if needed == "credential" else "say which file"
        problems.append(Problem("missing_parameter", message, field=f"config.source.{needed}"))
    field, given = "config.source.statement", _object(source.get("parameters"))
    if database not in ("postgresql", "sqlite") or not isinstance(source.get("statement"), str):
        return problems
    try:
        names = parse(source["statement"], database).names
    except SqlTextError as error:
        return [*problems, Problem("invalid_sql", error.message, field=field, line=error.facts["line"])]
    return problems + [
        Problem("missing_parameter", f"the query needs a value for :{name}", field="config.source.parameters")
        for name in sorted(names - given.keys())
    ]


def _http_problems(source: Mapping[str, Any]) -> list[Problem]:
    url = source.get("url")
    if not isinstance(url, str):
        return []
    found = [
        *url_problems(url),
        *header_problems(source.get("headers", {})),
        *credential_problems({**source, "url": url}),
    ]
    return [
        replace(problem, field=(problem.field or "").replace("config.", "config.source.", 1))
        for problem in found
    ]


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _name_problems(name: Any, field: str) -> list[Problem]:
    if not isinstance(name, str) or has_template(name):
        return []
    try:
        check_dataset_name(name)
    except TabularError as error:
        return [Problem("invalid_dataset_name", error.message, field=field)]
    return []
