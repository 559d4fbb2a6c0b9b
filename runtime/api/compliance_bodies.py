"""Bodies of controls, reports on them, their schedules, and alerts."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from runtime.api.body import Body, Name, PageParameters, Person, QueryParameters, RequestBody, Time
from runtime.api.lineage_bodies import Framework
from runtime.api.run_terms import WorkflowReference

Verdict = Literal["pass", "fail", "not_applicable", "insufficient_evidence", "manual"]
FileType = Literal["html", "csv", "json", "pdf"]
LONGEST_DAYS = 3_660
Note = Annotated[str, StringConstraints(min_length=1, max_length=2_000, strip_whitespace=True)]
Email = Annotated[str, StringConstraints(min_length=1, max_length=254, strip_whitespace=True)]
Days = Annotated[int, Field(ge=1, le=LONGEST_DAYS, strict=True)]
Frameworks = Annotated[
    list[Framework], Field(max_length=5, description="Empty: all of them. The order does not matter.")
]


class CompliancePeriod(Body):
    since: Time
    until: Time


class ComplianceSeal(Body):
    """The newest seal of the audit when the evidence was read."""

    number: int
    at: Time
    hash: str
    entries: int = Field(description="All that were sealed until then.")


class ComplianceScope(Body):
    """Null: all of the workspace."""

    workflow: WorkflowReference | None


class FrameworkSummary(Body):
    """How many controls came to what; `verdict` is the worst of them. None says that anybody is compliant."""

    verdict: Verdict
    passed: int = Field(alias="pass")
    fail: int
    not_applicable: int
    insufficient_evidence: int
    manual: int


class ControlSample(Body):
    """One thing to look at. `label` is null where the reader may not see the thing, or it has no name."""

    type: str
    id: str
    label: str | None
    page: str | None


class ControlFix(Body):
    """Where in the product something can be done about it."""

    page: str
    words: str


class ControlItem(Body):
    """A control with what its evidence came to."""

    key: str
    title: str
    family: Literal[
        "audit", "access", "identity", "data_protection", "credentials", "operations", "lineage", "people"
    ]
    clauses: dict[str, str] = Field(description="By framework, of those that are asked about.")
    verdict: Verdict = Field(description="The worst of `verdicts`.")
    verdicts: dict[str, Verdict] = Field(description="By framework.")
    finding: str
    counts: dict[str, int]
    samples: list[ControlSample] = Field(description="At most five of those that are wanting, if some are.")
    computed: str = Field(description="How, in words.")
    advice: str
    fix: ControlFix | None
    over: Literal["now", "period"] = Field(description="As it is now, or over the period.")
    by_workflow: bool = Field(description="A report of one workflow counts that workflow alone.")
    can_confirm: bool = Field(description="Nothing here tells of it, and the reader may confirm it.")


class ControlReport(Body):
    checked_at: Time
    period: CompliancePeriod
    seal: ComplianceSeal | None
    scope: ComplianceScope
    frameworks: dict[str, FrameworkSummary]
    controls: list[ControlItem]


class _Period(QueryParameters):
    since: Time | None = Field(None, description="By default thirty days before `until`.")
    until: Time | None = Field(None, description="By default now.")


class ControlFilters(_Period):
    """The query string of the controls."""

    framework: Framework | None = None
    workflow: UUID | None = None


class ConfirmControl(RequestBody):
    note: Note = Field(description="What was done about it, and where it is written.")


class ComplianceReportItem(Body):
    """A report, without what it says."""

    id: UUID
    title: str
    frameworks: list[Framework]
    workflow: WorkflowReference | None
    workflow_name: str = Field(description="As it was when the report was made; empty: of the workspace.")
    since: Time
    until: Time
    report_format: Literal["summary", "detailed"]
    status: Literal["queued", "running", "ready", "failed"]
    progress: float = Field(description="From 0 to 1.")
    error: str
    schedule: UUID | None
    created_by: Person | None
    created_at: Time
    finished_at: Time | None


class ComplianceReportDetail(ComplianceReportItem):
    """With what it says, once it is ready."""

    content: ControlReport | None


class ComplianceReportList(Body):
    results: list[ComplianceReportItem]
    next: str | None


class NewReport(RequestBody):
    """`since` is thirty days before `until` unless told otherwise, and that is now."""

    title: Name
    frameworks: Frameworks = []
    workflow: UUID | None = None
    since: Time | None = None
    until: Time | None = None
    report_format: Literal["summary", "detailed"] = "detailed"


class ReportExport(QueryParameters):
    type: FileType


class ComplianceScheduleItem(Body):
    id: UUID
    title: str
    frameworks: list[Framework]
    workflow: WorkflowReference | None
    report_format: Literal["summary", "detailed"]
    cron: str
    zone: str
    days: int
    recipients: list[str]
    enabled: bool
    next_at: Time | None
    last_at: Time | None
    last_error: str
    created_by: Person | None = Field(description="In whose name its reports are made.")
    created_at: Time


class ComplianceScheduleList(Body):
    results: list[ComplianceScheduleItem]
    next: str | None


class NewComplianceSchedule(RequestBody):
    """Five fields of cron in a time zone; each report is over the `days` before."""

    title: Name
    frameworks: Frameworks = []
    workflow: UUID | None = None
    report_format: Literal["summary", "detailed"] = "detailed"
    cron: Annotated[str, StringConstraints(max_length=200)]
    zone: Annotated[str, StringConstraints(max_length=60)] = "UTC"
    days: Days = 30
    recipients: list[Email] = Field([], max_length=100, description="They are sent a link, not the report.")
    enabled: bool = True


class ChangedComplianceSchedule(RequestBody):
    """What is left out stays. From now on it is in the name of who changes it."""

    title: Name | None = None
    frameworks: Frameworks | None = None
    workflow: UUID | None = None
    report_format: Literal["summary", "detailed"] | None = None
    cron: Annotated[str, StringConstraints(max_length=200)] | None = None
    zone: Annotated[str, StringConstraints(max_length=60)] | None = None
    days: Days | None = None
    recipients: list[Email] | None = Field(None, max_length=100)
    enabled: bool | None = None

    @model_validator(mode="after")
    def _null_is_for_the_workflow(self) -> Self:
        for name in self.model_fields_set - {"workflow"}:
            if getattr(self, name) is None:
                raise ValueError(f"{name} cannot be null; leave it out to keep it")
        return self


class AlertItem(Body):
    """Something unusual that somebody did on a day (UTC)."""

    id: UUID
    kind: Literal["burst", "denied_burst", "new_resource", "off_hours", "mass_export"]
    who: str = Field(description="The e-mail address, or `Lockgate` for what no person did.")
    person: Person | None = Field(description="Null when there is no such account any more.")
    day: date
    at: Time = Field(description="When it was found.")
    seen: int
    usual: float
    limit: float
    explanation: str
    acknowledged_by: Person | None
    acknowledged_at: Time | None
    note: str


class AlertList(Body):
    results: list[AlertItem]
    next: str | None


class AlertFilters(PageParameters):
    """The query string of the alerts."""

    state: Literal["open", "acknowledged"] | None = None
    kind: Literal["burst", "denied_burst", "new_resource", "off_hours", "mass_export"] | None = None


class AcknowledgeAlert(RequestBody):
    note: Annotated[str, StringConstraints(max_length=2_000, strip_whitespace=True)] = ""
