"""Reports on controls, who gets them when, what was unusual, and what people confirm beside."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.access import Resource

from .ids import time_ordered_id
from .workflows import Workflow


class ReportStatus(models.TextChoices):
    QUEUED = "queued", "Waiting to be made"
    RUNNING = "running", "Being made"
    READY = "ready", "Ready"
    FAILED = "failed", "Not made"


class ReportFormat(models.TextChoices):
    SUMMARY = "summary", "Summary"
    DETAILED = "detailed", "Detailed"


class _Asked(models.Model):
    """What a report is about."""

    id = models.UUIDField(primary_key=True, default=time_ordered_id, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="+", db_index=False)
    title = models.CharField(max_length=200)
    frameworks = ArrayField(models.CharField(max_length=20), default=list)
    workflow = models.ForeignKey(
        Workflow, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    report_format = models.CharField(
        max_length=8, choices=ReportFormat.choices, default=ReportFormat.DETAILED
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    def as_resource(self) -> Resource:
        """What `authorize` decides about."""
        return Resource("compliance", str(self.pk), self.tenant_id, self.created_by_id)


class ComplianceSchedule(_Asked):
    """Makes a report at its times over the days before, and tells its recipients where it is."""

    cron = models.CharField(max_length=200)
    zone = models.CharField(max_length=60)
    days = models.PositiveIntegerField(help_text="The length of the period, back from when it is made.")
    recipients = models.JSONField(default=list, help_text="E-mail addresses.")
    enabled = models.BooleanField(default=True)
    next_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    last_problem = models.TextField(blank=True, default="")

    resource_kind = "compliance"
    resource_owner = "created_by"

    class Meta:
        db_table = "compliance_schedule"
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "-created_at", "-id"], name="compliance_schedule_newest"),
            models.Index(
                fields=["next_at"], condition=models.Q(enabled=True), name="compliance_schedule_due"
            ),
        ]


class ComplianceReport(_Asked):
    """A report as it was made. `workflow_name` is as it was then: the workflow may be gone."""

    workflow_name = models.CharField(max_length=200, blank=True, default="")
    schedule = models.ForeignKey(
        ComplianceSchedule, on_delete=models.SET_NULL, null=True, related_name="reports"
    )
    since = models.DateTimeField()
    until = models.DateTimeField()
    status = models.CharField(max_length=8, choices=ReportStatus.choices, default=ReportStatus.QUEUED)
    progress = models.PositiveSmallIntegerField(default=0, help_text="Of a hundred.")
    content = models.JSONField(null=True, help_text="See `runtime.reports.judging.judged`; no data of runs.")
    error = models.TextField(blank=True, default="")
    finished_at = models.DateTimeField(null=True)

    resource_kind = "compliance"
    resource_owner = "created_by"

    class Meta:
        db_table = "compliance_report"
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "-created_at", "-id"], name="compliance_report_newest"),
            models.Index(
                fields=["created_at"],
                condition=models.Q(status__in=["queued", "running"]),
                name="compliance_report_to_make",
            ),
        ]


class ComplianceAlert(models.Model):
    """Something unusual that somebody did, told once."""

    id = models.UUIDField(primary_key=True, default=time_ordered_id, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=20, help_text="See `runtime.reports.patterns`.")
    who = models.CharField(max_length=254)
    day = models.DateField()
    subject = models.CharField(max_length=300, blank=True, default="", help_text="What it was about, if one.")
    count = models.PositiveBigIntegerField()
    usual = models.FloatField()
    limit = models.FloatField()
    why = models.TextField()
    created_at = models.DateTimeField()
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True, default="")

    resource_kind = "compliance"

    class Meta:
        db_table = "compliance_alert"
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "who", "day", "subject"], name="compliance_alert_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "-created_at", "-id"], name="compliance_alert_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.who} on {self.day}"

    def as_resource(self) -> Resource:
        """What `authorize` decides about."""
        return Resource("compliance", str(self.pk), self.tenant_id)


class ComplianceConfirmation(models.Model):
    """That a person stands for a control which no table can tell of."""

    id = models.UUIDField(primary_key=True, default=time_ordered_id, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="+", db_index=False)
    control = models.CharField(max_length=60)
    note = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=254, help_text="The e-mail address, kept when the person goes.")
    at = models.DateTimeField()

    resource_kind = "compliance"

    class Meta:
        db_table = "compliance_confirmation"
        ordering: ClassVar = ["-at"]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "control", "-at"], name="compliance_confirmed_last"),
        ]

    def __str__(self) -> str:
        return f"{self.control} by {self.by_name}"

    def as_resource(self) -> Resource:
        """What `authorize` decides about."""
        return Resource("compliance", str(self.pk), self.tenant_id)
