"""Access decisions as pure functions of plain values.

Imports no Django, DRF, Channels, Celery or psycopg, and never `runtime`. The Django side
(`accounts.authorization`) loads the facts from tables, asks `decide` and acts on its answer.
"""

from __future__ import annotations

from accounts.access.actions import (
    ACTIONS,
    OWN_ACTIONS,
    PERMISSIONS,
    Action,
    expand_actions,
    is_action,
    view_action,
)
from accounts.access.attributes import AttributeProblem, AttributeValue, attribute_problems
from accounts.access.changes import Change, changes_between
from accounts.access.context import (
    SCRIPT_ROLES,
    NodePermission,
    RoleDecision,
    RoleTable,
    UserContext,
    decide_by_role,
    read_role_table,
)
from accounts.access.deciding import allowed_among, decide, may_somewhere
from accounts.access.decisions import Decision, Reason, Strategy
from accounts.access.document import AccessRules, read_document, read_file
from accounts.access.explaining import Explanation, explain
from accounts.access.facts import Environment, GrantFacts, Resource, Subject
from accounts.access.levels import DEFAULT_LEVELS, Levels
from accounts.access.linting import Finding, Severity, lint
from accounts.access.listing import list_predicate
from accounts.access.manager import AccessControlManager
from accounts.access.masks import MASK_TYPES, NO_MASKS, REDACTED, Hit, Masked, Masker, MaskSet
from accounts.access.operators import OPERATORS
from accounts.access.policies import NO_POLICIES, PolicySet
from accounts.access.problems import PolicyError, Problem
from accounts.access.reading import check_condition
from accounts.access.references import unknown_paths
from accounts.access.roles import BUILT_IN_ROLES, BuiltInRole

__all__ = [
    "ACTIONS",
    "BUILT_IN_ROLES",
    "DEFAULT_LEVELS",
    "MASK_TYPES",
    "NO_MASKS",
    "NO_POLICIES",
    "OPERATORS",
    "OWN_ACTIONS",
    "PERMISSIONS",
    "REDACTED",
    "SCRIPT_ROLES",
    "AccessControlManager",
    "AccessRules",
    "Action",
    "AttributeProblem",
    "AttributeValue",
    "BuiltInRole",
    "Change",
    "Decision",
    "Environment",
    "Explanation",
    "Finding",
    "GrantFacts",
    "Hit",
    "Levels",
    "MaskSet",
    "Masked",
    "Masker",
    "NodePermission",
    "PolicyError",
    "PolicySet",
    "Problem",
    "Reason",
    "Resource",
    "RoleDecision",
    "RoleTable",
    "Severity",
    "Strategy",
    "Subject",
    "UserContext",
    "allowed_among",
    "attribute_problems",
    "changes_between",
    "check_condition",
    "decide",
    "decide_by_role",
    "expand_actions",
    "explain",
    "is_action",
    "lint",
    "list_predicate",
    "may_somewhere",
    "read_document",
    "read_file",
    "read_role_table",
    "unknown_paths",
    "view_action",
]
