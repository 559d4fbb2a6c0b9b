"""Each control with a passing, a failing and an empty workspace: nothing passes by absence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runtime.reports.controls import CONTROLS, FRAMEWORKS, report
from runtime.reports.evidence import Evidence

UNTIL = datetime(2026, 3, 1, tzinfo=UTC)
EMPTY = Evidence(UNTIL - timedelta(days=30), UNTIL)
NOTHING = replace(
    EMPTY,
    audit_entries=0,
    audit_unsealed=0,
    lineage_records={},
    privileged_people=0,
    privileged_without_factor=0,
    credentials=0,
    credentials_expired=0,
    credentials_without_expiry=0,
    masks=0,
    rules_of_access=0,
    keeps_runs_days=90,
)
GOOD = replace(
    NOTHING,
    audit_entries=100,
    lineage_records=dict.fromkeys(FRAMEWORKS, 3),
    privileged_people=2,
    credentials=4,
    masks=1,
    rules_of_access=2,
)
BAD: dict[str, dict[str, Any]] = {
    "audit_kept": {"audit_entries": 0},
    "audit_sealed": {"audit_unsealed": 7},
    "processing_recorded": {"lineage_records": {}},
    "privileged_factor": {"privileged_without_factor": 1},
    "credentials_current": {"credentials_expired": 1},
    "fields_masked": {"masks": 0},
    "access_ruled": {"rules_of_access": 0},
    "storage_limited": {"keeps_runs_days": 0},
}


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.key)
def test_a_control_passes_fails_and_concludes_nothing_from_nothing(control: Any) -> None:
    framework = next(iter(control.clauses))

    assert control.judge(GOOD, framework).verdict == "pass"
    assert control.judge(replace(GOOD, **BAD[control.key]), framework).verdict in (
        "fail",
        "insufficient_evidence",
    )
    assert control.judge(EMPTY, framework).verdict == "insufficient_evidence"


def test_an_empty_workspace_is_nowhere_a_pass_for_want_of_evidence() -> None:
    found = report(NOTHING, (), detailed=True, recommendations=True)

    passed = {row["control"] for row in found["controls"] if row["verdict"] == "pass"}
    assert passed == {"storage_limited"}  # that is a setting, and it is set
    assert {row["verdict"] for row in found["frameworks"].values()} == {"fail", "insufficient_evidence"}
    assert "compliant" not in str(found).lower()


def test_a_report_names_what_is_asked_and_advises_once() -> None:
    found = report(
        replace(GOOD, privileged_without_factor=1), ("SOC2", "ISO27001"), detailed=False, recommendations=True
    )

    assert list(found["frameworks"]) == ["SOC2", "ISO27001"]
    assert "controls" not in found
    assert [row["frameworks"] for row in found["recommendations"]] == [["SOC2", "ISO27001"]]
    assert report(GOOD, ("GDPR",), detailed=False, recommendations=True)["recommendations"] == []
