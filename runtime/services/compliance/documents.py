"""A report as a file: HTML and PDF to read, CSV and JSON to work with."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Literal

from django.template.loader import render_to_string

from runtime.models import ComplianceReport, ReportFormat
from runtime.reports.controls import BY_KEY, FRAMEWORKS
from runtime.reports.terms import VERDICTS

FileType = Literal["html", "csv", "json", "pdf"]
WORDS: Mapping[str, str] = {
    "pass": "Pass",
    "fail": "Fail",
    "not_applicable": "Does not apply",
    "insufficient_evidence": "Not enough evidence",
    "manual": "Needs a person",
}
_WANTING = ("fail", "insufficient_evidence", "manual")
_COLUMNS = (
    "framework",
    "clause",
    "control",
    "title",
    "verdict",
    "finding",
    "counts",
    "samples",
    "computed",
    "advice",
)
# What a spreadsheet would take for a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class PdfMissing(Exception):
    """WeasyPrint, an extra, is not installed, or what it needs of the system."""

    def __init__(self, why: str = "") -> None:
        more = f" ({why})" if why else ""
        super().__init__(
            f"This server cannot write PDF{more}: its operator runs `make pdf`. Take HTML, and print it."
        )


def document_of(report: ComplianceReport, content: Mapping[str, Any], file_type: FileType) -> bytes:
    """`content` as a reader may see it: a `ControlReport` as JSON. Raises `PdfMissing`."""
    match file_type:
        case "html":
            return _html(report, content).encode()
        case "csv":
            return _csv(content).encode("utf-8-sig")
        case "json":
            return _json(report, content).encode()
        case "pdf":
            return _pdf(_html(report, content))


def _html(report: ComplianceReport, content: Mapping[str, Any]) -> str:
    controls = [_told(row) for row in content["controls"]]
    names = list(content["frameworks"])
    by = report.created_by
    seal = content["seal"]
    return render_to_string(
        "reports/compliance.html",
        {
            "report": report,
            "style": _style(),
            "workspace": report.tenant.name,
            "workflow": report.workflow_name,
            "since": report.since,
            "until": report.until,
            "made": report.finished_at,
            "by": None if by is None else by.email,
            "seal": seal,
            "seal_at": None if seal is None else datetime.fromisoformat(seal["at"]),
            "detailed": report.report_format == ReportFormat.DETAILED,
            "frameworks": [_framework(name, content["frameworks"][name]) for name in names],
            "wanting": sorted(
                (row for row in controls if row["verdict"] in _WANTING),
                key=lambda row: _WANTING.index(row["verdict"]),
            ),
            "sections": [{"name": name, "rows": _rows_of(name, controls)} for name in names],
            "controls": controls,
        },
    )


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "words": WORDS[row["verdict"]],
        "clause_list": " · ".join(f"{name} {clause}" for name, clause in row["clauses"].items()),
        "count_list": [(name.replace("_", " "), f"{count:,}") for name, count in row["counts"].items()],
    }


def _framework(name: str, counts: Mapping[str, Any]) -> dict[str, Any]:
    total = sum(counts[verdict] for verdict in VERDICTS) or 1
    order = ("pass", "fail", "insufficient_evidence", "manual", "not_applicable")
    parts = [(verdict, f"{100 * counts[verdict] / total:.2f}") for verdict in order if counts[verdict]]
    return {"name": name, "words": WORDS[counts["verdict"]], "parts": parts, **counts}


def _rows_of(name: str, controls: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "clause": row["clauses"][name],
            "title": row["title"],
            "verdict": row["verdicts"][name],
            "words": WORDS[row["verdicts"][name]],
            "finding": _finding(name, row),
        }
        for row in controls
        if name in row["clauses"]
    ]


def _csv(content: Mapping[str, Any]) -> str:
    """One line for each control of each framework."""
    text = io.StringIO()
    out = csv.writer(text)
    out.writerow(_COLUMNS)
    for name in content["frameworks"]:
        for row in content["controls"]:
            if name in row["clauses"]:
                out.writerow([_plain(cell) for cell in _cells(name, row)])
    return text.getvalue()


def _cells(name: str, row: Mapping[str, Any]) -> list[str]:
    counts = "; ".join(f"{key}={count}" for key, count in row["counts"].items())
    samples = "; ".join(f"{each['type']} {each['id']}" for each in row["samples"])
    return [
        name,
        row["clauses"][name],
        row["key"],
        row["title"],
        row["verdicts"][name],
        _finding(name, row),
        counts,
        samples,
        row["computed"],
        row["advice"],
    ]


def _finding(name: str, row: Mapping[str, Any]) -> str:
    """What was found for one framework, where frameworks find differently."""
    judge, counts = BY_KEY[row["key"]].judge, row["counts"]
    if not counts:
        return str(row["finding"])
    words = {each: judge(counts, each).words for each in FRAMEWORKS if each in row["clauses"]}
    return words[name] if len(set(words.values())) > 1 else str(row["finding"])  # type: ignore[index]


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _json(report: ComplianceReport, content: Mapping[str, Any]) -> str:
    head = {
        "id": str(report.pk),
        "title": report.title,
        "workspace": report.tenant.name,
        "report_format": report.report_format,
    }
    return json.dumps({**head, **content}, ensure_ascii=False, indent=2)


def _pdf(html: str) -> bytes:
    try:
        from weasyprint import HTML
    except (ImportError, OSError) as error:
        raise PdfMissing("" if isinstance(error, ImportError) else str(error).splitlines()[0]) from error
    written: bytes = HTML(string=html, url_fetcher=_fetch_nothing).write_pdf()
    return written


def _fetch_nothing(url: str, *_: Any, **__: Any) -> Any:
    """A report refers to nothing outside of itself."""
    raise ValueError(f"a report loads nothing: {url[:80]}")


@cache
def _style() -> str:
    return render_to_string("reports/compliance.css")
