"""What other policies would have answered to questions that were asked: the pure part of an impact.

A hundred thousand questions of ten thousand people are answered in seconds, because people who are alike in
what the policies ask are asked about as one, and because only questions that a changed policy reaches are
decided in full.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from accounts.access.actions import view_action
from accounts.access.conditions import Leaf
from accounts.access.deciding import allowed_among
from accounts.access.facts import Environment, GrantFacts, Resource, Subject
from accounts.access.policies import Policy, PolicySet
from accounts.access.reading import leaves_of
from accounts.access.rules import type_of

_OF_ONE_PERSON = ("id", "email")
_LIKE_THEM = ("tenant_id", "roles", "is_active")


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked for what, and when and from where. Without a resource: in the workspace at large."""

    subject: Subject
    action: str
    resource: Resource | None
    env: Environment
    grants: tuple[GrantFacts, ...] = ()


class Comparison:
    """Answers questions by the policies in force and by others."""

    def __init__(self, before: PolicySet, after: PolicySet) -> None:
        kept = {id(each) for each in before.policies} & {id(each) for each in after.policies}
        self.before, self.after = before, after
        self._removed = PolicySet((p for p in before.policies if id(p) not in kept), levels=before.levels)
        self._added = PolicySet((p for p in after.policies if id(p) not in kept), levels=after.levels)
        self._asked_of_people = _asked_of_people((*before.policies, *self._added.policies))
        self._alike: dict[object, Subject] = {}

    @property
    def actions(self) -> frozenset[str] | None:
        """Those about which the answers can differ; None for any.

        What belongs to something that may not be viewed is hidden: viewing reaches what is below.
        """
        changed = (*self._removed.policies, *self._added.policies)
        actions = frozenset(action for each in changed for action in each.actions)
        return None if any(action.endswith(".view") for action in actions) else actions

    def like(self, subject: Subject) -> Subject:
        """One who stands for all who are alike in what the policies ask and in what roles give them."""
        asked = self._asked_of_people
        kept = {name: value for name, value in subject.attributes.items() if name in asked}
        likeness = (
            subject.roles,
            subject.permissions,
            subject.ceiling,
            subject.is_active,
            repr(sorted(kept.items())),
            *(getattr(subject, name) for name in _OF_ONE_PERSON if name in asked),
        )
        found = self._alike.get(likeness)
        if found is None:
            found = self._alike[likeness] = replace(subject, attributes=kept)
        return found

    def differs(self, asked: Asked) -> tuple[bool, bool] | None:
        """(allowed before, allowed after) where that is not the same. `asked` is of one from `like`."""
        resource = asked.resource or Resource(type_of(asked.action), "", asked.subject.tenant_id)
        removed, added = (_says(each, asked, resource) for each in (self._removed, self._added))
        if not (removed or added or self._hides(asked, resource)):
            return None
        before = removed is not _DENIES and _allowed(asked, resource, self.before)
        after = added is not _DENIES and _allowed(asked, resource, self.after)
        return None if before is after else (before, after)

    def _hides(self, asked: Asked, resource: Resource) -> bool:
        """Whether a changed policy has a say about seeing what the thing belongs to."""
        above = resource.parent
        while above is not None:
            view = view_action(above.type)
            seen = None if view is None else replace(asked, action=view)
            if seen is not None and (_says(self._removed, seen, above) or _says(self._added, seen, above)):
                return True
            above = above.parent
        return False


_ALLOWS, _DENIES = "allows", "denies"


def _says(policies: PolicySet, asked: Asked, resource: Resource) -> str | None:
    """What these few say of the thing; None where they say nothing."""
    bound = policies.bound(asked.subject, resource.type, asked.action)
    if not len(bound):
        return None
    if bound.denies(resource, asked.env):
        return _DENIES
    return _ALLOWS if bound.allowing(resource, asked.env)[0] is not None else None


def _allowed(asked: Asked, resource: Resource, policies: PolicySet) -> bool:
    (answer,) = allowed_among(
        asked.subject, asked.action, [resource], policies=policies, env=asked.env, grants=asked.grants
    )
    return answer


def _asked_of_people(policies: Iterable[Policy]) -> frozenset[str]:
    """Names of attributes, and `id` and `email`, that conditions ask of who asks."""
    names: set[str] = set()
    for policy in policies:
        for leaf in leaves_of(policy.condition):
            names.update(_names(leaf))
    return frozenset(names)


def _names(leaf: Leaf) -> Iterator[str]:
    for path in (leaf.left, leaf.right):
        if path is not None and path.root == "user" and path.name not in _LIKE_THEM:
            yield path.name
            yield path.name.partition(".")[0]
