"""Every address below /api/v1/."""

from __future__ import annotations

from django.urls import include, path, re_path

from designer.api import (
    audit,
    bulk,
    code,
    drafts,
    nothing,
    notices,
    operations,
    reruns,
    schema,
    starts,
    templates,
    versions,
    workflows,
)

urlpatterns = [
    path("", include("accounts.urls_api")),
    path("", include("runtime.api.urls")),
    path("", include("designer.api.access.urls")),
    path("runs/bulk/", bulk.RunsActionView.as_view()),
    path("runs/<uuid:run_id>/rerun/", reruns.RerunView.as_view()),
    path("workflows/", workflows.WorkflowsView.as_view()),
    path("workflows/import/", workflows.WorkflowImportView.as_view()),
    path("workflows/<uuid:workflow_id>/", workflows.WorkflowView.as_view()),
    path("workflows/<uuid:workflow_id>/export/", workflows.WorkflowExportView.as_view()),
    path("workflows/<uuid:workflow_id>/draft/", drafts.DraftView.as_view()),
    path("workflows/<uuid:workflow_id>/validate/", drafts.ValidateView.as_view()),
    path("workflows/<uuid:workflow_id>/versions/", versions.VersionsView.as_view()),
    path("workflows/<uuid:workflow_id>/versions/<int:number>/", versions.VersionView.as_view()),
    path("workflows/<uuid:workflow_id>/runs/", starts.WorkflowRunsView.as_view()),
    path("workflows/<uuid:workflow_id>/storage/", operations.WorkflowStorageView.as_view()),
    path("workflows/<uuid:workflow_id>/operations/", operations.WorkflowOperationsView.as_view()),
    path("workflows/<uuid:workflow_id>/notices/", notices.WorkflowNoticesView.as_view()),
    path("templates/", templates.TemplatesView.as_view()),
    path("templates/<slug:key>/", templates.TemplateView.as_view()),
    path("templates/<slug:key>/use/", templates.TemplateUseView.as_view()),
    path("notifications/", notices.NotificationsView.as_view()),
    path("notifications/<uuid:notification_id>/resend/", notices.ResendView.as_view()),
    path("audit/", audit.AuditListView.as_view()),
    path("audit/state/", audit.AuditStateView.as_view()),
    path("audit/verify/", audit.AuditVerifyView.as_view()),
    path("audit/export/", audit.AuditExportView.as_view()),
    path("audit/<int:entry_id>/", audit.AuditEntryView.as_view()),
    path("code/check/", code.CodeCheckView.as_view()),
    path("code/read/", code.ScriptReadView.as_view()),
    path("code/write/", code.ScriptWriteView.as_view()),
    path("schema/", schema.SchemaView.as_view()),
    re_path(r"", nothing.nothing),
]
