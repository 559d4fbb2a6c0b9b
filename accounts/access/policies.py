"""The policies of one tenant, read once and found by type of resource and action.

What depends on the subject alone is worked out once for each subject: a decision then asks only what is
left. Subjects are frozen, so that what was worked out for one stays true of it; another role, another
attribute or another tenant is another subject.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Literal, cast

from accounts.access.actions import ACTIONS, OWN_ACTIONS, expand_actions
from accounts.access.conditions import Check, Const, Known, Node
from accounts.access.facts import Environment, Resource, Subject
from accounts.access.levels import DEFAULT_LEVELS, Levels
from accounts.access.paths import Kinds
from accounts.access.problems import PolicyError, Problem
from accounts.access.reading import Reader

Effect = Literal["allow", "deny"]
STATUSES = ("active", "shadow", "draft", "disabled")
_KEYS = ("key", "effect", "resource_type", "resources", "actions", "condition", "status", "label")
_KEPT_SUBJECTS = 1024
_KEPT_POLICIES = 200_000
Questions = dict[tuple[str, str], "BoundPolicies"]


@dataclass(frozen=True, slots=True)
class Policy:
    """`resources` None is every one. `condition` true is always."""

    key: str
    effect: Effect
    actions: frozenset[str]
    condition: Node
    resource_type: str = "*"
    resources: frozenset[str] | None = None
    in_shadow: bool = False
    label: str = ""

    @property
    def title(self) -> str:
        return self.label or self.key


@dataclass(frozen=True, slots=True)
class BoundPolicy:
    """A policy for one subject: `left` is what of its condition depends on the resource and the moment."""

    policy: Policy
    left: Node
    check: Check


class BoundPolicies:
    """The policies of one type and action that can still decide about one subject."""

    __slots__ = ("_allow_by_id", "_deny_by_id", "_length", "allow", "deny", "shadow")

    def __init__(self, bound: Iterable[BoundPolicy]) -> None:
        self.deny: list[BoundPolicy] = []
        self.allow: list[BoundPolicy] = []
        self.shadow: list[BoundPolicy] = []
        self._deny_by_id: dict[str, list[BoundPolicy]] = {}
        self._allow_by_id: dict[str, list[BoundPolicy]] = {}
        self._length = 0
        for each in bound:
            self._add(each)

    def __len__(self) -> int:
        """How many policies are left."""
        return self._length

    def _add(self, bound: BoundPolicy) -> None:
        self._length += 1
        denies = bound.policy.effect == "deny"
        if bound.policy.in_shadow:
            self.shadow.append(bound)
        elif bound.policy.resources is None:
            (self.deny if denies else self.allow).append(bound)
        else:
            by_id = self._deny_by_id if denies else self._allow_by_id
            for resource_id in bound.policy.resources:
                by_id.setdefault(resource_id, []).append(bound)

    def denying(self, resource: Resource, env: Environment) -> list[BoundPolicy]:
        """The policies that deny, or of which nobody can tell that they do not."""
        found = [each for each in self.deny if each.check(resource, env) is not False]
        if self._deny_by_id:
            named = self._deny_by_id.get(resource.id, ())
            found += [each for each in named if each.check(resource, env) is not False]
        return found

    def denies(self, resource: Resource, env: Environment) -> bool:
        """Whether `denying` would find any."""
        for each in self.deny:
            if each.check(resource, env) is not False:
                return True
        if not self._deny_by_id:
            return False
        return any(each.check(resource, env) is not False for each in self._deny_by_id.get(resource.id, ()))

    def allowing(self, resource: Resource, env: Environment) -> tuple[BoundPolicy | None, list[BoundPolicy]]:
        """A policy that surely allows, else those that would if something were known that is missing."""
        undecided = []
        named = self._allow_by_id.get(resource.id) if self._allow_by_id else None
        for each in self.allow if named is None else chain(self.allow, named):
            verdict = each.check(resource, env)
            if verdict:
                return each, []
            if verdict is None:
                undecided.append(each)
        return None, undecided

    def all(self) -> Iterable[BoundPolicy]:
        """Each policy once, those in shadow left out."""
        yield from self.deny
        yield from self.allow
        for by_id in (self._deny_by_id, self._allow_by_id):
            yield from {id(each): each for group in by_id.values() for each in group}.values()


class PolicySet:
    """What `decide` asks. Make one with `compile`."""

    def __init__(self, policies: Iterable[Policy] = (), *, levels: Levels, version: int = 0) -> None:
        # In order of keys, so that it makes no difference in which order they came.
        self.policies = tuple(sorted(policies, key=lambda policy: policy.key))
        self.levels = levels
        self.version = version
        self._by_action: dict[str, list[Policy]] = {}
        for policy in self.policies:
            for action in policy.actions:
                self._by_action.setdefault(action, []).append(policy)
        self._bound: dict[int, tuple[Subject, Questions]] = {}
        self._alike: dict[tuple[Any, ...], Questions] = {}
        self._kept = 0

    def __len__(self) -> int:
        return len(self.policies)

    @classmethod
    def compile(
        cls,
        policies: Iterable[Mapping[str, Any]],
        *,
        levels: Iterable[str] = DEFAULT_LEVELS,
        version: int = 0,
        attributes: Kinds | None = None,
    ) -> PolicySet:
        """The set of these documents. Raises `PolicyError` that names every fault.

        `attributes` are the paths that conditions may name, with their kinds (`{"user.clearance": "level"}`);
        without it they may name any.
        """
        try:
            known = Levels(levels)
        except ValueError as error:
            raise PolicyError([Problem("levels", str(error))]) from None
        reader = _PolicyReader(Reader(known, attributes))
        found = [reader.read(document, f"policies[{at}]") for at, document in enumerate(policies)]
        if reader.problems:
            raise PolicyError(reader.problems)
        return cls((policy for policy in found if policy is not None), levels=known, version=version)

    def joined(self, other: PolicySet) -> PolicySet:
        """Both together. Raises `PolicyError` when they share a key."""
        shared = {each.key for each in self.policies} & {each.key for each in other.policies}
        if shared:
            raise PolicyError([Problem("key", f"{key!r:.80} is the key of another policy") for key in shared])
        return PolicySet(
            [*self.policies, *other.policies], levels=self.levels, version=max(self.version, other.version)
        )

    def with_one(self, other: PolicySet, *, instead_of: Iterable[str] = ()) -> PolicySet:
        """This set with the other's policies, in the place of those with their keys or with these ones."""
        gone = {*instead_of, *(each.key for each in other.policies)}
        kept = [each for each in self.policies if each.key not in gone]
        return PolicySet([*kept, *other.policies], levels=self.levels, version=self.version)

    def named(self, resource_type: str, action: str) -> list[Policy]:
        """The policies about this type and action, those in shadow among them."""
        if action in OWN_ACTIONS:
            return []
        return [
            each for each in self._by_action.get(action, ()) if each.resource_type in ("*", resource_type)
        ]

    def types_of(self, action: str) -> set[str]:
        """The types of resources that policies about the action name."""
        return {each.resource_type for each in self._by_action.get(action, ())} - {"*"}

    def bound(self, subject: Subject, resource_type: str, action: str) -> BoundPolicies:
        """What is left of the policies for this subject and all who are alike, worked out once."""
        kept = self._bound.get(id(subject))
        # The subject is kept beside what was worked out, so that its id cannot become another's.
        if kept is None or kept[0] is not subject:
            if len(self._bound) >= _KEPT_SUBJECTS:
                self._bound.clear()
            kept = self._bound[id(subject)] = (subject, self._alike.setdefault(subject.likeness, {}))
        question = (resource_type, action)
        found = kept[1].get(question)
        if found is None:
            found = self._bind(Known(subject, action, resource_type))
            kept[1][question] = found
            self._forget_many(len(found))
        return found

    def _forget_many(self, more: int) -> None:
        """What is kept stays bounded: each question counts, and each policy that is left of one."""
        self._kept += 1 + more
        if self._kept > _KEPT_POLICIES:
            self._bound.clear()
            self._alike.clear()
            self._kept = 0

    def _bind(self, known: Known) -> BoundPolicies:
        bound = []
        for policy in self.named(known.resource_type, known.action):
            left = policy.condition.reduce(known)
            if not isinstance(left, Const) or left.verdict is not False:
                bound.append(BoundPolicy(policy, left, left.check()))
        return BoundPolicies(bound)


@dataclass(slots=True)
class _PolicyReader:
    reader: Reader
    _keys: set[str] = field(default_factory=set)

    @property
    def problems(self) -> list[Problem]:
        return self.reader.problems

    def read(self, document: Any, path: str) -> Policy | None:
        """The policy; None when it does not count, or when there is something wrong."""
        if not isinstance(document, Mapping):
            self._say(path, "must be an object with key, effect and actions")
            return None
        before = len(self.problems)
        for key in document:
            if key not in _KEYS:
                self._say(f"{path}.{key}", f"is not known; a policy has {', '.join(_KEYS)}")
        key = self._key(document, path)
        effect = self._one_of(document, "effect", path, ("allow", "deny"), None)
        status = self._one_of(document, "status", path, STATUSES, "active")
        resource_type = self._resource_type(document, path)
        actions = self._actions(document, path, resource_type)
        resources = self._resources(document, path)
        condition = self.reader.read(document.get("condition"), f"{path}.condition")
        if len(self.problems) > before or status in ("draft", "disabled"):
            return None
        return Policy(
            key=key,
            effect=cast(Effect, effect),
            actions=actions,
            condition=condition,
            resource_type=resource_type,
            resources=resources,
            in_shadow=status == "shadow",
            label=str(document.get("label") or ""),
        )

    def _say(self, path: str, message: str) -> None:
        self.problems.append(Problem(path, message))

    def _key(self, document: Mapping[str, Any], path: str) -> str:
        key = document.get("key")
        if not isinstance(key, str) or not key or len(key) > 200:
            self._say(f"{path}.key", "must be a text of 1 to 200 characters")
            return ""
        if key in self._keys:
            self._say(f"{path}.key", f"{key!r:.80} is the key of another policy too")
        self._keys.add(key)
        return key

    def _one_of(
        self,
        document: Mapping[str, Any],
        name: str,
        path: str,
        choices: tuple[str, ...],
        default: str | None,
    ) -> str:
        value = document.get(name, default)
        if value not in choices:
            said = "is missing" if value is None else f"{value!r:.80} is not known"
            self._say(f"{path}.{name}", f"{said}; there are {', '.join(choices)}")
            return choices[0]
        return str(value)

    def _resource_type(self, document: Mapping[str, Any], path: str) -> str:
        value = document.get("resource_type", "*")
        types = sorted({name.partition(".")[0] for name in ACTIONS})
        if value != "*" and value not in types:
            self._say(f"{path}.resource_type", f"{value!r:.80} is not known; there are *, {', '.join(types)}")
            return "*"
        return str(value)

    def _actions(self, document: Mapping[str, Any], path: str, resource_type: str) -> frozenset[str]:
        names = self._texts(document, "actions", path, None)
        found: set[str] = set()
        for at, name in enumerate(names):
            try:
                meant = expand_actions([name], resource_type)
            except KeyError:
                self._say(f"{path}.actions[{at}]", f"{name!r:.80} is not an action")
                continue
            if meant <= OWN_ACTIONS:
                self._say(f"{path}.actions[{at}]", f"{name} is everybody's own: no policy governs it")
            found |= meant
        return frozenset(found)

    def _resources(self, document: Mapping[str, Any], path: str) -> frozenset[str] | None:
        names = self._texts(document, "resources", path, "*")
        return None if "*" in names else frozenset(names)

    def _texts(self, document: Mapping[str, Any], name: str, path: str, default: str | None) -> list[str]:
        value = document.get(name, default)
        if isinstance(value, str):
            value = [value]
        if not isinstance(value, list | tuple) or not value or len(value) > 1000:
            self._say(f"{path}.{name}", "must be a list of 1 to 1000 texts")
            return []
        if not all(isinstance(item, str) and item for item in value):
            self._say(f"{path}.{name}", "must hold texts that are not empty")
            return []
        return list(value)


NO_POLICIES = PolicySet(levels=Levels())
