"""Addresses of runs, datasets and node types, below /api/v1/."""

from __future__ import annotations

from django.urls import path

from runtime.api import (
    approvals,
    credentials,
    datasets,
    node_types,
    parameters,
    run_control,
    run_data,
    runs,
    scopes,
    timelines,
    trigger_addresses,
    triggers,
)

urlpatterns = [
    path("runs/", runs.RunsView.as_view()),
    path("runs/<uuid:run_id>/", runs.RunView.as_view()),
    path("runs/<uuid:run_id>/cancel/", runs.CancelView.as_view()),
    path("runs/<uuid:run_id>/pause/", run_control.PauseView.as_view()),
    path("runs/<uuid:run_id>/resume/", run_control.ResumeView.as_view()),
    path("runs/<uuid:run_id>/events/", runs.EventsView.as_view()),
    path("runs/<uuid:run_id>/timeline/", timelines.TimelineView.as_view()),
    path("runs/<uuid:run_id>/logs/", run_data.LogsView.as_view()),
    path("runs/<uuid:run_id>/iterations/", scopes.IterationsView.as_view()),
    path("runs/<uuid:run_id>/scope/", scopes.RunScopeView.as_view()),
    path("runs/<uuid:run_id>/nodes/<path:node>/decide/", run_control.DecideView.as_view()),
    path("runs/<uuid:run_id>/nodes/<path:node>/", run_data.RunNodeView.as_view()),
    path("approvals/", approvals.ApprovalsView.as_view()),
    path("approvals/<uuid:approval_id>/", approvals.ApprovalView.as_view()),
    path("approvals/<uuid:approval_id>/approve/", approvals.ApproveView.as_view()),
    path("approvals/<uuid:approval_id>/reject/", approvals.RejectView.as_view()),
    path("datasets/", datasets.DatasetsView.as_view()),
    path("datasets/<uuid:dataset_id>/", datasets.DatasetView.as_view()),
    path("datasets/<uuid:dataset_id>/rows/", datasets.DatasetRowsView.as_view()),
    path("datasets/<uuid:dataset_id>/download/", datasets.DatasetDownloadView.as_view()),
    path("credentials/", credentials.CredentialsView.as_view()),
    path("credentials/names/", credentials.CredentialNamesView.as_view()),
    path("credentials/<uuid:credential_id>/", credentials.CredentialView.as_view()),
    path("credentials/<uuid:credential_id>/usage/", credentials.CredentialUsageView.as_view()),
    path("credential-types/", credentials.CredentialTypesView.as_view()),
    path("triggers/", triggers.TriggersView.as_view()),
    path("triggers/preview/", triggers.PreviewView.as_view()),
    path("triggers/<uuid:trigger_id>/", triggers.TriggerView.as_view()),
    path("triggers/<uuid:trigger_id>/fire/", triggers.FireView.as_view()),
    path("triggers/<uuid:trigger_id>/fires/", triggers.FiresView.as_view()),
    path("triggers/<uuid:trigger_id>/deliveries/", triggers.DeliveriesView.as_view()),
    path("triggers/<uuid:trigger_id>/secret/", trigger_addresses.SecretView.as_view()),
    path("triggers/<uuid:trigger_id>/rotate/", trigger_addresses.RotateView.as_view()),
    path("triggers/<uuid:trigger_id>/listen/", trigger_addresses.ListenView.as_view()),
    path("runtime-parameters/", parameters.RuntimeParametersView.as_view()),
    path("node-types/", node_types.NodeTypesView.as_view()),
]
