"""Who may do what over HTTP: one row for each method of each address.

A row names the built-in roles that get through. Everybody else of the workspace is told 403; somebody of
another workspace finds nothing (404) where the address names a thing, and otherwise only what is theirs.
"""

from __future__ import annotations

ROLES = ("owner", "admin", "editor", "operator", "analyst", "viewer", "auditor")

ALL = frozenset(ROLES)
MANAGE = frozenset({"owner", "admin"})
EDIT = MANAGE | {"editor"}
OPERATE = EDIT | {"operator"}
RUN = OPERATE | {"analyst"}
DATA = EDIT | {"analyst"}
AUDIT = MANAGE | {"auditor"}

ROWS: dict[str, frozenset[str]] = {
    # one's own account
    "GET me/": ALL,
    "POST me/password/": ALL,
    "GET me/sessions/": ALL,
    "DELETE me/sessions/": ALL,
    "GET me/factors/": ALL,
    "POST me/factors/app/": ALL,
    "DELETE me/factors/app/": ALL,
    "POST me/factors/app/begin/": ALL,
    "POST me/factors/recovery-codes/": ALL,
    "POST me/factors/passkeys/": ALL,
    "POST me/factors/passkeys/begin/": ALL,
    "DELETE me/factors/passkeys/{passkey_id}/": ALL,
    "GET me/step-up/": ALL,
    "POST me/step-up/": ALL,
    "POST me/step-up/passkey/": ALL,
    "GET tokens/": ALL,
    "POST tokens/": ALL,
    # workflows
    "GET workflows/": ALL,
    "POST workflows/": EDIT,
    "POST workflows/import/": EDIT,
    "GET workflows/{workflow_id}/": ALL,
    "PATCH workflows/{workflow_id}/": EDIT,
    "DELETE workflows/{workflow_id}/": EDIT,
    "GET workflows/{workflow_id}/export/": ALL,
    "GET workflows/{workflow_id}/draft/": ALL,
    "PUT workflows/{workflow_id}/draft/": EDIT,
    "POST workflows/{workflow_id}/validate/": ALL,
    "GET workflows/{workflow_id}/versions/": ALL,
    "POST workflows/{workflow_id}/versions/": EDIT,
    "GET workflows/{workflow_id}/versions/{number}/": ALL,
    "POST workflows/{workflow_id}/runs/": RUN,
    "GET workflows/{workflow_id}/storage/": ALL,
    "GET workflows/{workflow_id}/operations/": ALL,
    "PATCH workflows/{workflow_id}/operations/": EDIT,
    "GET workflows/{workflow_id}/notices/": OPERATE,
    "PUT workflows/{workflow_id}/notices/": EDIT,
    "POST code/check/": EDIT,
    "GET node-types/": ALL,
    "GET runtime-parameters/": ALL,
    "GET schema/": ALL,
    # runs
    "GET runs/": ALL,
    "POST runs/bulk/": RUN,
    "GET runs/{run_id}/": ALL,
    "GET runs/{run_id}/events/": ALL,
    "GET runs/{run_id}/timeline/": ALL,
    "GET runs/{run_id}/iterations/": ALL,
    "GET runs/{run_id}/scope/": ALL,
    "GET runs/{run_id}/logs/": RUN,
    "GET runs/{run_id}/nodes/{node}/": RUN,
    "GET runs/{run_id}/nodes/{node}/decide/": RUN,
    "GET runs/{run_id}/nodes/{node}/reveal/": RUN,
    "POST runs/{run_id}/nodes/{node}/reveal/": MANAGE,
    "DELETE runs/{run_id}/nodes/{node}/reveal/": RUN,
    "POST runs/{run_id}/nodes/{node}/decide/": OPERATE,
    "POST runs/{run_id}/cancel/": OPERATE,
    "POST runs/{run_id}/pause/": OPERATE,
    "POST runs/{run_id}/resume/": OPERATE,
    "POST runs/{run_id}/rerun/": RUN,
    # questions to people
    "GET approvals/": ALL,
    "GET approvals/{approval_id}/": ALL,
    "POST approvals/{approval_id}/approve/": RUN,
    "POST approvals/{approval_id}/reject/": RUN,
    # datasets
    "GET datasets/": ALL,
    "POST datasets/": DATA,
    "GET datasets/{dataset_id}/": ALL,
    "DELETE datasets/{dataset_id}/": DATA,
    "GET datasets/{dataset_id}/rows/": ALL,
    "GET datasets/{dataset_id}/download/": ALL,
    # credentials
    "GET credential-types/": ALL,
    "GET credentials/": ALL,
    "POST credentials/": EDIT,
    "GET credentials/names/": ALL,
    "GET credentials/{credential_id}/": ALL,
    "PATCH credentials/{credential_id}/": EDIT,
    "DELETE credentials/{credential_id}/": EDIT,
    "GET credentials/{credential_id}/usage/": ALL,
    # triggers
    "GET triggers/": ALL,
    "POST triggers/": EDIT,
    "POST triggers/preview/": EDIT,
    "GET triggers/{trigger_id}/": ALL,
    "PATCH triggers/{trigger_id}/": MANAGE,  # this one runs as the owner, in whose name an editor may not act
    "DELETE triggers/{trigger_id}/": EDIT,
    "GET triggers/{trigger_id}/fires/": ALL,
    "POST triggers/{trigger_id}/fire/": EDIT,
    "GET triggers/{trigger_id}/deliveries/": ALL,
    "GET triggers/{trigger_id}/listen/": EDIT,
    "POST triggers/{trigger_id}/listen/": EDIT,
    "DELETE triggers/{trigger_id}/listen/": EDIT,
    "GET triggers/{trigger_id}/secret/": EDIT,
    "POST triggers/{trigger_id}/rotate/": EDIT,
    # who may do what
    "GET policies/": AUDIT,
    "POST policies/": MANAGE,
    "POST policies/validate/": AUDIT,
    "POST policies/simulate/": AUDIT,
    "POST policies/lint/": AUDIT,
    "GET policies/vocabulary/": AUDIT,
    "POST policies/import/": MANAGE,
    "GET policies/export/": AUDIT,
    "GET policies/{policy_id}/": AUDIT,
    "PATCH policies/{policy_id}/": MANAGE,
    "DELETE policies/{policy_id}/": MANAGE,
    "POST policies/{policy_id}/activate/": MANAGE,
    "PUT policies/{policy_id}/draft/": MANAGE,
    "DELETE policies/{policy_id}/draft/": MANAGE,
    "POST policies/{policy_id}/approve/": MANAGE,
    "POST policies/{policy_id}/rollback/": MANAGE,
    "GET policies/{policy_id}/revisions/": AUDIT,
    "GET policies/{policy_id}/revisions/{revision}/": AUDIT,
    "GET policies/{policy_id}/test-cases/": AUDIT,
    "POST policies/{policy_id}/test-cases/": MANAGE,
    "PUT policies/{policy_id}/test-cases/{case_id}/": MANAGE,
    "DELETE policies/{policy_id}/test-cases/{case_id}/": MANAGE,
    "GET tenant/access/": AUDIT,
    "PATCH tenant/access/": MANAGE,
    "GET masks/": AUDIT,
    "POST masks/": MANAGE,
    "POST masks/preview/": AUDIT,
    "POST masks/sample/": AUDIT,
    "POST masks/reach/": AUDIT,
    "GET masks/suggestions/": AUDIT,
    "GET masks/{mask_id}/": AUDIT,
    "PATCH masks/{mask_id}/": MANAGE,
    "DELETE masks/{mask_id}/": MANAGE,
    "GET attributes/": AUDIT,
    "POST attributes/": MANAGE,
    "GET attributes/{attribute_id}/": AUDIT,
    "PATCH attributes/{attribute_id}/": MANAGE,
    "DELETE attributes/{attribute_id}/": MANAGE,
    "GET levels/": ALL,
    "PUT levels/": MANAGE,
    "GET workflows/{workflow_id}/access/": ALL,
    "PATCH workflows/{workflow_id}/access/": EDIT,
    "GET datasets/{dataset_id}/access/": ALL,
    "PATCH datasets/{dataset_id}/access/": DATA,
    "GET workflows/{workflow_id}/grants/": EDIT,
    "POST workflows/{workflow_id}/grants/": EDIT,
    "DELETE workflows/{workflow_id}/grants/{grant_id}/": EDIT,
    "POST workflows/{workflow_id}/view-as/": AUDIT,
    "POST runs/{run_id}/view-as/": AUDIT,
    "POST access/check/": ALL,
    "GET access/requests/": ALL,
    "POST access/requests/": ALL,
    "GET access/requests/{request_id}/": MANAGE,
    "POST access/requests/{request_id}/decide/": MANAGE,
    "GET decisions/": AUDIT,
    "GET users/": ALL,
    "GET users/{user_id}/": ALL,
    "PATCH users/{user_id}/": MANAGE,
    "GET users/{user_id}/factors/": MANAGE,
    "DELETE users/{user_id}/factors/": MANAGE,
    "GET identity-providers/": MANAGE,
    "POST identity-providers/": MANAGE,
    "POST identity-providers/check/": MANAGE,
    "GET identity-providers/{provider_id}/": MANAGE,
    "PATCH identity-providers/{provider_id}/": MANAGE,
    "DELETE identity-providers/{provider_id}/": MANAGE,
    "GET roles/": ALL,
    "GET roles/{role_id}/": ALL,
    "PATCH roles/{role_id}/": MANAGE,
    # the audit trail
    "GET audit/": AUDIT,
    "GET audit/{entry_id}/": AUDIT,
    "GET audit/state/": AUDIT,
    "POST audit/verify/": AUDIT,
    "GET audit/export/": AUDIT,
    # notices and numbers
    "GET notifications/": OPERATE,
    "POST notifications/{notification_id}/resend/": EDIT,
    "GET /metrics": OPERATE,
}

OWN: dict[str, str] = {
    "DELETE me/sessions/{session_id}/": "a session is its owner's alone",
    "DELETE tokens/{token_id}/": "a token is its owner's alone: for everybody else it is not there",
    "POST access/requests/{request_id}/withdraw/": "who asked can take it back, nobody else",
}
"""Of the owner alone, whatever the role."""

HIDDEN: frozenset[str] = frozenset({"GET access/requests/{request_id}/"})
"""Rows where those who do not get through are told 404: they may not know of the thing."""

ABSENT: dict[str, str] = {
    "DELETE me/factors/passkeys/{passkey_id}/": "only a browser can make a passkey",
    "GET runs/{run_id}/nodes/{node}/decide/": "the data of a step called `decide` inside of a container",
    "GET runs/{run_id}/nodes/{node}/reveal/": "the data of a step called `reveal` inside of a container",
}
"""Rows whose thing these tests have none of: who gets through is told 404."""
