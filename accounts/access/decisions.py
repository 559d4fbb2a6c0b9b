"""The answer about one action, and the stable codes of the rules that give it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Strategy(StrEnum):
    """What may decide: `rbac` roles, shares and ownership; `abac` policies and ownership; `hybrid` all."""

    RBAC = "rbac"
    ABAC = "abac"
    HYBRID = "hybrid"


class Reason(StrEnum):
    """Stable codes of the rule that decided."""

    UNDECLARED = "undeclared"
    UNKNOWN_ACTION = "unknown_action"
    INACTIVE = "inactive"
    OTHER_TENANT = "other_tenant"
    TOKEN_SCOPE = "token_scope"  # noqa: S105
    NOT_OWNER = "not_owner"
    OWNER = "owner"
    ROLE = "role"
    NO_ROLE = "no_role"
    NO_TENANT = "no_tenant"
    ASKED = "asked"
    NOT_ASKED = "not_asked"
    REQUESTER = "requester"
    PARENT = "parent"
    POLICY = "policy"
    POLICY_DENY = "policy_deny"
    NO_POLICY = "no_policy"
    GRANT = "grant"
    CEILING = "ceiling"
    SOMEWHERE = "somewhere"
    PRINCIPAL = "principal"


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer. `reason` is for people, `rule` is stable; `hidden` asks to answer as if nothing existed.

    `policies` are the keys of the policies that decided, `missing` the attribute paths that were missing
    or of the wrong type, `shadow` the policies in shadow that would have decided otherwise.
    """

    allowed: bool
    action: str
    rule: Reason
    reason: str
    hidden: bool = False
    policies: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    shadow: tuple[str, ...] = ()

    @property
    def lacks_only_a_grant(self) -> bool:
        """Whether nothing allows it, which sharing can change: what forbids it stands against sharing too."""
        return not self.allowed and self.rule in (Reason.NO_ROLE, Reason.NO_POLICY)
