"""Controls, reports and their files, schedules and alerts, by the public contract."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, Tenant, User
from runtime.models import ComplianceAlert, ComplianceReport, ComplianceSchedule, Outbox
from runtime.services.compliance import documents
from runtime.services.compliance.reports import make_reports
from runtime.services.compliance.schedules import fire_reports
from tests.contract import Api
from tests.people import make_tenant, make_user

pytestmark = pytest.mark.django_db

GRAPH = {
    "nodes": [{"id": "start", "type": "PythonCodeNode", "config": {"code": "result = 1"}}],
    "connections": [],
}


@pytest.fixture
def owner(tenant: Tenant) -> User:
    return make_user(tenant, "owner")


@pytest.fixture
def api(owner: User) -> Api:
    return Api(owner)


def by_key(answer: Any) -> dict[str, Any]:
    return {row["key"]: row for row in answer["controls"]}


def published(api: Api, name: str = "Dispute intake") -> str:
    made = api.post("workflows/", {"name": name, "graph": GRAPH})
    workflow_id = str(made.json()["id"])
    assert api.post(f"workflows/{workflow_id}/versions/", {}).status_code == 201
    return workflow_id


def made(api: Api, **asked: Any) -> dict[str, Any]:
    response = api.post("compliance/reports/", {"title": "March", **asked})
    assert response.status_code == 202, response.content
    make_reports()
    found: dict[str, Any] = api.get(f"compliance/reports/{response.json()['id']}/").json()
    return found


def test_controls_say_what_was_found_and_where_to_mend_it(api: Api, owner: User) -> None:
    workflow_id = published(api)

    answer = api.get("compliance/controls/").json()

    row = by_key(answer)["purpose_stated"]
    assert (row["verdict"], row["counts"]) == ("fail", {"workflows": 1, "without": 1})
    assert row["samples"] == [
        {
            "type": "workflow",
            "id": workflow_id,
            "label": "Dispute intake",
            "page": f"/workflows/{workflow_id}",
        }
    ]
    assert row["fix"] == {"page": "/workflows", "words": "Say what it is for"}
    assert row["clauses"]["GDPR"] == "Art. 30(1)(b)"
    assert by_key(answer)["privileged_factor"]["samples"][0]["label"] == owner.name
    assert answer["frameworks"]["GDPR"]["verdict"] == "fail"
    assert answer["scope"] == {"workflow": None}


def test_controls_can_be_asked_for_one_framework_workflow_and_period(api: Api) -> None:
    workflow_id, _ = published(api), published(api, "Other")
    until = timezone.now() + timedelta(minutes=1)
    query = {
        "framework": "GDPR",
        "workflow": workflow_id,
        "since": (until - timedelta(days=1)).isoformat(),
        "until": until.isoformat(),
    }

    answer = api.get("compliance/controls/", query).json()

    assert list(answer["frameworks"]) == ["GDPR"]
    assert answer["scope"]["workflow"] == {"id": workflow_id, "name": "Dispute intake"}
    assert by_key(answer)["purpose_stated"]["counts"]["workflows"] == 1
    assert all("GDPR" in row["clauses"] for row in answer["controls"])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"since": "2026-03-02T00:00:00Z", "until": "2026-03-01T00:00:00Z"}, "since"),
        ({"since": "1900-03-02T00:00:00Z"}, "since"),
        ({"framework": "PCI"}, "framework"),
        ({"since": "yesterday"}, "since"),
        ({"frameworks": "GDPR"}, "frameworks"),
    ],
)
def test_a_question_that_cannot_be_is_refused_at_its_place(
    api: Api, query: dict[str, str], field: str
) -> None:
    response = api.get("compliance/controls/", query)

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == field


def test_an_empty_workspace_passes_by_settings_alone(tenant: Tenant) -> None:
    auditor = make_user(tenant, "auditor")

    answer = Api(auditor).get("compliance/controls/").json()

    passed = {row["key"] for row in answer["controls"] if row["verdict"] == "pass"}
    assert passed <= {
        "audit_kept",
        "code_isolated",
        "storage_limited",
        "people_active",
        "tokens_end",
        "tokens_used",
    }
    assert {row["verdict"] for row in answer["frameworks"].values()} == {"fail"}


def test_nothing_of_another_workspace_is_counted_or_found(api: Api) -> None:
    published(api)
    report = made(api)
    other = Api(make_user(make_tenant(), "owner"))

    answer = other.get("compliance/controls/").json()

    assert by_key(answer)["purpose_stated"]["verdict"] == "not_applicable"
    assert other.get(f"compliance/reports/{report['id']}/").status_code == 404
    assert other.get("compliance/reports/").json()["results"] == []


def test_an_auditor_reads_and_exports_but_asks_for_nothing(api: Api, tenant: Tenant) -> None:
    report = made(api)
    auditor = Api(make_user(tenant, "auditor"))

    assert auditor.get("compliance/controls/").status_code == 200
    assert auditor.get(f"compliance/reports/{report['id']}/").status_code == 200
    assert auditor.get(f"compliance/reports/{report['id']}/export/", {"type": "csv"}).status_code == 200
    assert auditor.post("compliance/reports/", {"title": "Mine"}).status_code == 403
    assert auditor.post("compliance/controls/breach_contact/confirm/", {"note": "x"}).status_code == 403


def test_a_report_is_kept_as_it_was_made(api: Api, owner: User) -> None:
    published(api)
    report = made(api, frameworks=["SOX", "GDPR"])

    published(api, "Later")

    again = api.get(f"compliance/reports/{report['id']}/").json()
    assert (again["status"], again["progress"], again["created_by"]["email"]) == ("ready", 1.0, owner.email)
    assert by_key(again["content"])["purpose_stated"]["counts"]["workflows"] == 1
    assert list(again["content"]["frameworks"]) == ["GDPR", "SOX"]
    assert AuditEntry.objects.filter(action="compliance.report", object_id=report["id"]).exists()


def test_a_summary_holds_what_is_wanting_without_its_evidence(api: Api) -> None:
    published(api)

    content = made(api, report_format="summary")["content"]

    rows = by_key(content)
    assert {row["verdict"] for row in rows.values()} <= {"fail", "insufficient_evidence", "manual"}
    assert (rows["purpose_stated"]["counts"], rows["purpose_stated"]["samples"]) == ({}, [])
    assert content["frameworks"]["GDPR"]["pass"] > 0


def test_a_report_of_a_workflow_that_one_may_not_see_is_not_there(api: Api, tenant: Tenant) -> None:
    workflow_id = published(api)
    report = made(api, workflow=workflow_id)
    auditor = make_user(tenant, "auditor")
    denied = {
        "key": "hidden",
        "effect": "deny",
        "actions": ["workflow.view"],
        "resource_type": "workflow",
        "resources": [workflow_id],
        "condition": {"attribute_path": "user.roles", "operator": "contains", "value": "auditor"},
    }
    policy = api.post("policies/", denied).json()
    activated = api.post(f"policies/{policy['id']}/activate/", {"status": "active", "revision": 1})
    assert activated.status_code == 200

    reader = Api(auditor)

    assert reader.get(f"compliance/reports/{report['id']}/").status_code == 404
    sample = by_key(reader.get("compliance/controls/").json())["purpose_stated"]["samples"][0]
    assert (sample["label"], sample["page"]) == (None, None)


def test_a_report_in_the_name_of_who_may_no_longer_see_fails_and_says_so(api: Api, owner: User) -> None:
    asked = api.post("compliance/reports/", {"title": "March"}).json()
    User.objects.filter(pk=owner.pk).update(is_active=False)

    make_reports()

    row = ComplianceReport.objects.get(pk=asked["id"])
    assert (row.status, row.content) == ("failed", None)
    assert "may no longer" in row.error


def test_files_hold_the_same_in_four_forms(api: Api) -> None:
    published(api, "=cmd()")
    report = made(api)
    address = f"compliance/reports/{report['id']}/export/"

    html = api.get(address, {"type": "html"})
    lines = list(csv.DictReader(io.StringIO(api.get(address, {"type": "csv"}).content.decode("utf-8-sig"))))
    document = json.loads(api.get(address, {"type": "json"}).content)
    pdf = api.get(address, {"type": "pdf"})

    assert "Each workflow says what it is for" in html.content.decode()
    assert (
        f"{document['seal']['hash'] if document['seal'] else 'nothing was sealed yet'}"
        in html.content.decode()
    )
    told = {row["framework"]: row["finding"] for row in lines if row["control"] == "processing_recorded"}
    assert told["SOX"] == "No record of lineage in the period names SOX."
    assert {row["framework"] for row in lines} == {"GDPR", "SOX", "HIPAA", "SOC2", "ISO27001"}
    assert document["frameworks"] == report["content"]["frameworks"]
    assert pdf.content.startswith(b"%PDF-")
    assert "attachment" in pdf["Content-Disposition"]
    exports = AuditEntry.objects.filter(action="compliance.export").values_list("after", flat=True)
    assert [each["type"] for each in exports.order_by("id") if each] == ["html", "csv", "json", "pdf"]


def test_markup_in_names_and_notes_is_text_in_a_document(api: Api) -> None:
    api.post("compliance/controls/breach_contact/confirm/", {"note": "<script>alert(1)</script>"})
    report = made(api, title="<b>March</b>")

    html = api.get(f"compliance/reports/{report['id']}/export/", {"type": "html"}).content.decode()

    assert "<script" not in html
    assert "<b>March" not in html


def test_without_weasyprint_pdf_is_refused_with_what_to_do(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    report = made(api)

    def missing(_: str) -> bytes:
        raise documents.PdfMissing

    monkeypatch.setattr(documents, "_pdf", missing)
    response = api.get(f"compliance/reports/{report['id']}/export/", {"type": "pdf"})

    assert (response.status_code, response.json()["code"]) == (501, "pdf_not_installed")
    assert "make pdf" in response.json()["detail"]


def test_a_report_that_is_not_made_yet_has_no_file(api: Api) -> None:
    asked = api.post("compliance/reports/", {"title": "March"}).json()

    response = api.get(f"compliance/reports/{asked['id']}/export/", {"type": "html"})

    assert (response.status_code, response.json()["code"]) == (409, "not_ready")


def test_a_person_confirms_what_no_table_tells(api: Api, owner: User) -> None:
    assert (
        api.post("compliance/controls/restore_tried/confirm/", {"note": "Restored on the spare."}).status_code
        == 204
    )

    row = by_key(api.get("compliance/controls/").json())["restore_tried"]
    assert row["verdict"] == "manual"
    assert f"by {owner.email}: Restored on the spare." in row["finding"]
    assert row["can_confirm"]
    refused = api.post("compliance/controls/audit_kept/confirm/", {"note": "x"})
    assert (refused.status_code, refused.json()["code"]) == (409, "computed")


def test_a_schedule_makes_reports_and_tells_where_they_are(api: Api, owner: User, settings: Any) -> None:
    settings.EMAIL_CONFIGURED = True
    asked = {
        "title": "Monthly",
        "cron": "0 6 1 * *",
        "zone": "Europe/Berlin",
        "recipients": ["cfo@example.org"],
    }
    schedule = api.post("compliance/schedules/", asked).json()
    ComplianceSchedule.objects.update(next_at=timezone.now())

    assert fire_reports() == 1
    assert fire_reports() == 0
    make_reports()

    report = api.get("compliance/reports/").json()["results"][0]
    assert (report["title"], report["schedule"], report["status"]) == ("Monthly", schedule["id"], "ready")
    message = Outbox.objects.get(event="compliance_report")
    assert message.address == "cfo@example.org"
    assert message.payload["url"].endswith(f"/compliance?report={report['id']}")
    assert "content" not in json.dumps(message.payload)
    row = api.get(f"compliance/schedules/{schedule['id']}/").json()
    assert row["last_at"] is not None
    assert row["next_at"] > timezone.now().isoformat()


def test_a_schedule_that_cannot_be_is_refused_at_each_place(api: Api, settings: Any) -> None:
    settings.EMAIL_CONFIGURED = True
    asked = {
        "title": "M",
        "cron": "0 25 * * *",
        "zone": "Mars/Base",
        "recipients": ["a@example.org", "nobody"],
    }

    response = api.post("compliance/schedules/", asked)

    assert response.status_code == 422
    assert {error["field"] for error in response.json()["errors"]} == {"cron", "zone", "recipients.1"}


def test_a_schedule_is_changed_in_part_and_removed(api: Api) -> None:
    schedule = api.post("compliance/schedules/", {"title": "M", "cron": "0 6 * * *"}).json()
    address = f"compliance/schedules/{schedule['id']}/"

    changed = api.patch(address, {"enabled": False, "days": 7}).json()

    assert (changed["enabled"], changed["days"], changed["title"], changed["next_at"]) == (
        False,
        7,
        "M",
        None,
    )
    assert api.patch(address, {"title": None}).status_code == 422
    assert api.delete(address).status_code == 204
    assert api.get(address).status_code == 404


def test_an_alert_is_acknowledged_once_by_somebody(api: Api, owner: User, tenant: Tenant) -> None:
    alert = ComplianceAlert.objects.create(
        tenant=tenant,
        kind="burst",
        who=owner.email,
        day=timezone.now().date(),
        count=90,
        usual=10,
        limit=20,
        why="90 are more than usual",
        created_at=timezone.now(),
    )

    first = api.post(f"compliance/alerts/{alert.pk}/acknowledge/", {"note": "It was the migration."}).json()
    second = Api(make_user(tenant, "admin")).post(f"compliance/alerts/{alert.pk}/acknowledge/", {}).json()

    assert first["acknowledged_by"]["email"] == owner.email
    assert (second["note"], second["acknowledged_by"]) == ("It was the migration.", first["acknowledged_by"])
    assert first["explanation"] == "90 are more than usual"
    assert api.get("compliance/alerts/", {"state": "open"}).json()["results"] == []
    assert len(api.get("compliance/alerts/", {"state": "acknowledged"}).json()["results"]) == 1
