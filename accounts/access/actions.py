"""The closed list of actions. Every permission row, role, token scope and route names one of these."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Action:
    """`name` is `resource.verb`; `label` completes the sentence "may ..."."""

    name: str
    label: str


def _table(*actions: Action) -> MappingProxyType[str, Action]:
    return MappingProxyType({action.name: action for action in actions})


ACTIONS = _table(
    Action("workflow.view", "see workflows"),
    Action("workflow.create", "create workflows"),
    Action("workflow.edit", "edit workflows"),
    Action("workflow.delete", "delete workflows"),
    Action("workflow.publish", "publish workflows"),
    Action("workflow.run", "run workflows"),
    Action("run.view", "see runs and their states"),
    Action("run.data", "see inputs, outputs and logs of runs"),
    Action("node.config", "see how nodes are set up"),
    Action("node.inputs", "see inputs of nodes"),
    Action("node.outputs", "see outputs of nodes"),
    Action("node.logs", "see logs of nodes"),
    Action("node.execute", "execute nodes"),
    Action("node.edit", "edit nodes"),
    Action("node.delete", "delete nodes"),
    Action("data.reveal", "see masked values for a while"),
    Action("run.cancel", "cancel runs"),
    Action("run.pause", "pause and resume runs"),
    Action("run.decide", "decide steps whose outcome is unknown"),
    Action("trigger.view", "see triggers"),
    Action("trigger.manage", "set up triggers"),
    Action("approval.view", "see approvals"),
    Action("approval.act", "approve and reject where they are asked to"),
    Action("credential.view", "see which credentials there are"),
    Action("credential.create", "add credentials"),
    Action("credential.edit", "change credentials"),
    Action("credential.delete", "delete credentials"),
    Action("credential.use", "use credentials in the runs that they start"),
    Action("notification.view", "see notices and how they were sent"),
    Action("notification.manage", "decide who is notified, and send again"),
    Action("storage.view", "see what runs store"),
    Action("metrics.view", "read the metrics of the installation"),
    Action("dataset.view", "see datasets"),
    Action("dataset.create", "upload datasets"),
    Action("dataset.delete", "delete datasets"),
    Action("lineage.view", "see what was done to data"),
    Action("code.author", "write code in nodes"),
    Action("node_type.view", "see the node library"),
    Action("token.manage", "manage their own API tokens"),
    Action("account.view", "see their own account"),
    Action("account.manage", "change their own account"),
    Action("policy.view", "see policies, masks, levels and attributes"),
    Action("policy.manage", "change policies, masks, levels and attributes"),
    Action("grant.manage", "share workflows"),
    Action("access.request", "ask for access"),
    Action("access.decide", "answer requests for access"),
    Action("decision.view", "see what was decided about people's access"),
    Action("audit.view", "read the audit"),
    Action("audit.verify", "verify the audit"),
    Action("audit.export", "export the audit"),
    Action("compliance.view", "see which controls hold, and what was unusual"),
    Action("compliance.manage", "make reports on controls, and decide who gets them"),
    Action("user.view", "see people"),
    Action("user.manage", "manage people"),
    Action("role.view", "see roles"),
    Action("role.manage", "change roles"),
)

OWN_ACTIONS = frozenset({"token.manage", "account.view", "account.manage", "access.request"})
"""Actions that everybody has, and that reach only what belongs to the subject. No policy governs them."""

UNSCOPED_ACTIONS = frozenset({"account.view"})
"""Actions that a token's scopes do not take away: a token may always ask whose it is."""

PERMISSIONS = MappingProxyType(
    {
        "node": MappingProxyType(
            {
                "read": ("node.config", "node.inputs", "node.outputs", "node.logs"),
                "write": ("node.edit",),
                "execute": ("node.execute",),
                "delete": ("node.delete",),
            }
        ),
        "workflow": MappingProxyType(
            {
                "read": ("workflow.view",),
                "write": ("workflow.edit",),
                "execute": ("workflow.run",),
                "delete": ("workflow.delete",),
            }
        ),
    }
)
"""What the words of `NodePermission` stand for, by type of resource: all of the actions are needed."""


def expand_actions(names: Iterable[str], resource_type: str = "*") -> frozenset[str]:
    """The actions that a policy names: exact names, `node.*`, `*`, or `read`, `write`, `execute`, `delete`.

    The words are about nodes, except in a policy for workflows. Raises KeyError with the name that is none.
    """
    words = PERMISSIONS.get(resource_type, PERMISSIONS["node"])
    found: set[str] = set()
    for name in names:
        if name in ACTIONS:
            found.add(name)
        elif name in words:
            found.update(words[name])
        elif name == "*":
            found.update(ACTIONS)
        else:
            within = {action for action in ACTIONS if name.endswith(".*") and action.startswith(name[:-1])}
            if not within:
                raise KeyError(name)
            found |= within
    return frozenset(found)


def is_action(name: str) -> bool:
    return name in ACTIONS


def view_action(resource_type: str) -> str | None:
    """The action that lets a subject know that such a resource exists; None when there is none."""
    name = f"{resource_type}.view"
    return name if name in ACTIONS else None
