"""The catalogue by itself; what is counted for it is tried on tables in tests/services/test_controls_*.py."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runtime.reports.controls import BY_KEY, CONTROLS, FRAMEWORKS, find, judged, report
from runtime.reports.evidence import Evidence, Fact, Sample, Seal

UNTIL = datetime(2026, 3, 1, tzinfo=UTC)
EMPTY = Evidence(UNTIL - timedelta(days=30), UNTIL)


def evidence(**facts: dict[str, int]) -> Evidence:
    return replace(EMPTY, facts={key: Fact(counts) for key, counts in facts.items()})


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.key)
def test_nothing_is_concluded_from_what_is_not_kept(control: Any) -> None:
    for framework in control.clauses:
        assert find(control, EMPTY, framework).verdict == "insufficient_evidence"


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.key)
def test_a_control_says_what_it_is_how_it_is_computed_and_what_to_do(control: Any) -> None:
    assert control.clauses and set(control.clauses) <= set(FRAMEWORKS)
    for text in (control.computed, control.advice):
        assert text.endswith(".") and text[0].isupper()
    assert control.fix is None or control.fix.page.startswith("/")


def test_there_are_about_thirty_controls_or_more_each_once() -> None:
    assert len(BY_KEY) == len(CONTROLS) >= 30
    assert {control.family for control in CONTROLS} >= {"audit", "access", "data_protection", "credentials"}


def test_an_empty_workspace_never_passes() -> None:
    found = judged(EMPTY)

    assert {row["verdict"] for row in found["frameworks"].values()} == {"insufficient_evidence"}
    assert "compliant" not in str(found).lower()
    assert found["seal"] is None


def test_each_control_stands_once_with_the_clauses_that_are_asked_about() -> None:
    found = judged(EMPTY, ["SOX", "GDPR"])

    keys = [row["key"] for row in found["controls"]]
    assert list(found["frameworks"]) == ["GDPR", "SOX"]
    assert len(keys) == len(set(keys))
    row = next(row for row in found["controls"] if row["key"] == "audit_kept")
    assert row["clauses"] == {"GDPR": "Art. 5(2)", "SOX": "Section 404"}
    assert not any(row["key"] == "upkeep_works" for row in found["controls"])


def test_a_framework_counts_its_own_verdicts_and_is_as_bad_as_the_worst() -> None:
    known = evidence(processing_recorded={"GDPR": 2, "records": 2}, audit_kept={"entries": 4})

    found = judged(known)

    row = next(row for row in found["controls"] if row["key"] == "processing_recorded")
    assert row["verdicts"] == {
        "GDPR": "pass",
        "SOX": "insufficient_evidence",
        "HIPAA": "insufficient_evidence",
    }
    assert row["verdict"] == "insufficient_evidence"
    summary = found["frameworks"]["GDPR"]
    assert summary["pass"] == 2
    assert sum(
        summary[name] for name in ("pass", "fail", "not_applicable", "insufficient_evidence", "manual")
    ) == (sum("GDPR" in control.clauses for control in CONTROLS))


def test_samples_and_the_seal_are_told() -> None:
    fact = Fact({"credentials": 2, "expired": 1, "without_expiry": 0}, [Sample("credential", "c1")])
    seal = Seal(7, UNTIL, "ab" * 32, 90)

    found = judged(replace(EMPTY, facts={"credentials_current": fact}, seal=seal))

    row = next(row for row in found["controls"] if row["key"] == "credentials_current")
    assert (row["verdict"], row["samples"]) == ("fail", [{"type": "credential", "id": "c1"}])
    assert row["finding"] == "1 of 2 credentials have expired."
    assert (found["seal"]["number"], found["seal"]["entries"]) == (7, 90)


def test_what_a_person_confirms_stays_theirs_to_say() -> None:
    fact = Fact({"confirmations": 1}, note="On 1 March 2026, by ada@example.org: called them.")

    found = find(BY_KEY["breach_contact"], replace(EMPTY, facts={"breach_contact": fact}), "GDPR")

    assert found.verdict == "manual"
    assert "by ada@example.org: called them." in found.words


def test_a_report_names_what_is_asked_and_advises_once() -> None:
    known = evidence(privileged_factor={"people": 2, "without": 1})

    found = report(known, ("SOC2", "ISO27001"), detailed=True, recommendations=True)

    assert list(found["frameworks"]) == ["SOC2", "ISO27001"]
    advice = {row["control"]: row["frameworks"] for row in found["recommendations"]}
    assert advice["privileged_factor"] == ["SOC2", "ISO27001"]
    rows = {(row["framework"], row["control"]): row for row in found["controls"]}
    assert rows["SOC2", "privileged_factor"]["verdict"] == "fail"
    assert rows["SOC2", "privileged_factor"]["clause"] == "CC6.1"
    assert "controls" not in report(known, (), detailed=False, recommendations=False)
