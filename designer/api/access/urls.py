"""Addresses of access, below /api/v1/."""

from __future__ import annotations

from django.urls import path

from designer.api.access import (
    checks,
    classification,
    decisions,
    grants,
    masks,
    members,
    policies,
    policy_cases,
    policy_drafts,
    policy_files,
    policy_revisions,
    requests,
    rule_words,
    simulation,
    tenant_access,
    view_as,
    vocabulary,
)

urlpatterns = [
    path("policies/", policies.PoliciesView.as_view()),
    path("policies/validate/", policies.PolicyCheckView.as_view()),
    path("policies/simulate/", simulation.SimulationView.as_view()),
    path("policies/vocabulary/", rule_words.RuleWordsView.as_view()),
    path("policies/import/", policy_files.PolicyImportView.as_view()),
    path("policies/export/", policy_files.PolicyExportView.as_view()),
    path("policies/<uuid:policy_id>/", policies.PolicyView.as_view()),
    path("policies/<uuid:policy_id>/draft/", policy_drafts.PolicyDraftView.as_view()),
    path("policies/<uuid:policy_id>/approve/", policy_drafts.PolicyApprovalView.as_view()),
    path("policies/<uuid:policy_id>/rollback/", policy_drafts.PolicyRollBackView.as_view()),
    path("policies/<uuid:policy_id>/activate/", policies.PolicyActivationView.as_view()),
    path("policies/<uuid:policy_id>/revisions/", policy_revisions.PolicyRevisionsView.as_view()),
    path(
        "policies/<uuid:policy_id>/revisions/<int:revision>/", policy_revisions.PolicyRevisionView.as_view()
    ),
    path("policies/<uuid:policy_id>/test-cases/", policy_cases.PolicyTestCasesView.as_view()),
    path("policies/<uuid:policy_id>/test-cases/<uuid:case_id>/", policy_cases.PolicyTestCaseView.as_view()),
    path("masks/", masks.MasksView.as_view()),
    path("masks/preview/", masks.MaskPreviewView.as_view()),
    path("masks/<uuid:mask_id>/", masks.MaskView.as_view()),
    path("attributes/", vocabulary.AttributesView.as_view()),
    path("attributes/<uuid:attribute_id>/", vocabulary.AttributeView.as_view()),
    path("levels/", vocabulary.LevelsView.as_view()),
    path("access/check/", checks.AccessCheckView.as_view()),
    path("access/requests/", requests.AccessRequestsView.as_view()),
    path("access/requests/<uuid:request_id>/", requests.AccessRequestView.as_view()),
    path("access/requests/<uuid:request_id>/decide/", requests.AccessDecisionView.as_view()),
    path("access/requests/<uuid:request_id>/withdraw/", requests.AccessWithdrawalView.as_view()),
    path("tenant/access/", tenant_access.AccessSettingsView.as_view()),
    path("decisions/", decisions.DecisionsView.as_view()),
    path("users/", members.MembersView.as_view()),
    path("users/<uuid:user_id>/", members.MemberView.as_view()),
    path("roles/", members.RolesView.as_view()),
    path("roles/<int:role_id>/", members.RoleView.as_view()),
    path("workflows/<uuid:workflow_id>/grants/", grants.WorkflowGrantsView.as_view()),
    path("workflows/<uuid:workflow_id>/grants/<uuid:grant_id>/", grants.WorkflowGrantView.as_view()),
    path("workflows/<uuid:workflow_id>/access/", classification.WorkflowAccessView.as_view()),
    path("workflows/<uuid:workflow_id>/view-as/", view_as.WorkflowViewAsView.as_view()),
    path("runs/<uuid:run_id>/view-as/", view_as.RunViewAsView.as_view()),
    path("datasets/<uuid:dataset_id>/access/", classification.DatasetAccessView.as_view()),
]
