"""All jobs, one a line."""

from __future__ import annotations

from accounts.services.audit_sealing import seal_new
from accounts.services.decisions import forget_old_decisions
from runtime.maintenance.job import Job
from runtime.services.batches import clear_ended
from runtime.services.compliance.alerts import look_for_alerts
from runtime.services.compliance.reports import make_reports
from runtime.services.compliance.schedules import fire_reports
from runtime.services.credential_leases import forget_lapsed
from runtime.services.data_views import forget_old_views
from runtime.services.lineage_facts.finding import find_facts
from runtime.services.lineage_facts.sending import send_events
from runtime.services.model_calls import forget_old_calls
from runtime.services.notices import forget_uses, tell_of_unknown_steps
from runtime.services.outbox import forget_old, send_due
from runtime.services.retention import apply_retention
from runtime.services.rotation_policies import look_after_credentials
from runtime.services.rotation_upkeep import finish_rotations
from runtime.services.run_ends import follow_up
from runtime.services.triggers.forgetting import forget_old_firings
from runtime.services.triggers.schedules import fire_schedules

JOBS: tuple[Job, ...] = (
    Job("outbox", every_s=2.0, function=send_due),
    Job("unknown_steps", every_s=5.0, function=tell_of_unknown_steps),
    Job("forget_messages", every_s=3600.0, function=forget_old),
    Job("clear_batches", every_s=30.0, function=clear_ended),
    Job("forget_uses", every_s=3600.0, function=forget_uses),
    Job("seal_audit", every_s=1.0, function=seal_new),
    Job("forget_decisions", every_s=3600.0, function=forget_old_decisions),
    Job("follow_up", every_s=1.0, function=follow_up),
    Job("lineage", every_s=3.0, function=find_facts),
    Job("openlineage", every_s=5.0, function=send_events),
    Job("fire_schedules", every_s=10.0, function=fire_schedules),
    Job("forget_old_firings", every_s=3600.0, function=forget_old_firings),
    Job("forget_model_calls", every_s=86400.0, function=forget_old_calls),
    Job("forget_data_views", every_s=86400.0, function=forget_old_views),
    Job("rotate_credentials", every_s=30.0, function=look_after_credentials),
    Job("finish_rotations", every_s=5.0, function=finish_rotations),
    Job("forget_leases", every_s=600.0, function=forget_lapsed),
    Job("compliance_reports", every_s=30.0, function=make_reports),
    Job("compliance_schedules", every_s=30.0, function=fire_reports),
    Job("compliance_alerts", every_s=3600.0, function=look_for_alerts),
    Job("retention", every_s=3600.0, function=apply_retention),
)
