"""What policies are read from, what of them is refused, and how they combine with roles and shares."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from accounts.access import (
    ACTIONS,
    OWN_ACTIONS,
    Decision,
    GrantFacts,
    PolicyError,
    PolicySet,
    Reason,
    Resource,
    Subject,
    check_condition,
    decide,
    expand_actions,
    list_predicate,
    may_somewhere,
)
from accounts.access.predicates import NEVER

TENANT, PERSON = UUID(int=1), UUID(int=3)
VIEW, EDIT = "workflow.view", "workflow.edit"
WORKFLOW = Resource("workflow", "w1", TENANT, attributes={"classification": "secret"})
KINDS = {
    "user.clearance": "level",
    "user.access_level": "number",
    "user.teams": "list_text",
    "user.hired_at": "datetime",
    "user.external": "boolean",
    "user.department": "text",
    "resource.classification": "level",
}


def leaf(path: str, operator: str, value: Any = None) -> dict[str, Any]:
    return {"attribute_path": path, "operator": operator, **({} if value is None else {"value": value})}


def policy(effect: str = "allow", **more: Any) -> dict[str, Any]:
    return {"key": f"p-{uuid4()}", "effect": effect, "actions": [VIEW], **more}


def person(*permissions: str, **facts: Any) -> Subject:
    return replace(Subject(PERSON, TENANT, permissions=frozenset(permissions)), **facts)


def ask(subject: Subject, *stated: dict[str, Any], action: str = VIEW, **more: Any) -> Decision:
    return decide(subject, action, WORKFLOW, policies=PolicySet.compile(stated), **more)


def nested(depth: int) -> Any:
    tree: Any = leaf("user.a", "equals", 1)
    for _ in range(depth):
        tree = {"not": tree}
    return tree


@pytest.mark.parametrize(
    ("tree", "where", "words"),
    [
        (leaf("user.a", "is", 1), "operator", "'is' is not an operator"),
        (leaf("people.a", "equals", 1), "attribute_path", "begins with none of user, resource, action, env"),
        (leaf("user", "equals", 1), "attribute_path", "needs names"),
        (leaf("user..a", "equals", 1), "attribute_path", "needs names"),
        (leaf("data.a", "equals", 1), "attribute_path", "begins with none"),
        (leaf("env.moon", "equals", 1), "attribute_path", "env has at, hour"),
        (leaf("user.a", "equals"), "value", "needs a value"),
        (leaf("user.a", "equals", [1]), "value", "a text, a number"),
        (leaf("user.a", "equals", "x\0"), "value", "neither NUL"),
        (leaf("user.a", "equals", "\ud800"), "value", "half a character"),
        (leaf("user.a", "equals", float("inf")), "value", "finite"),
        (leaf("user.a", "in", ["a", 1]), "value", "all texts or all numbers"),
        (leaf("user.a", "in", []), "value", "at least one"),
        (leaf("user.a", "in", ["a"] * 1001), "value", "at most 1000"),
        (leaf("user.a", "equals", "a" * 2001), "value", "at most 2000"),
        (leaf("user.a", "between", [3, 1]), "value", "lowest is above its highest"),
        (leaf("user.a", "date_between", ["2026-02-01", "2026-01-01"]), "value", "after its last"),
        (leaf("user.a", "security_level_meets", "cosmic"), "value", "is not a level"),
        (leaf("user.a", "matches", "(a+)+b"), "value", "can explode"),
        (leaf("user.a", "exists", 1), "value", "takes no value"),
        (leaf("resource.a", "time_between", ["09:00", "17:00"]), "attribute_path", "is about env"),
        (leaf("resource.owner_id", "starts_with", "a"), "operator", "is an id"),
        (leaf("user.a", "equals", 1) | {"values": 2}, "values", "is not known"),
        (leaf("user.a", "equals", 1) | {"value_path": "user.b"}, "value_path", "stands beside value"),
        (leaf("resource.a", "equals") | {"value_path": "resource.b"}, "value_path", "two attributes"),
        (leaf("user.a", "matches") | {"value_path": "user.b"}, "value_path", "with a value only"),
        ({}, "", "must be a condition"),
        ("x", "", "must be a condition"),
        ({"and": []}, "and", "at least one"),
        ({"or": {"a": 1}}, "or", "at least one"),
        ({"not": [nested(0), nested(0)]}, "not", "one condition"),
        ({"and": [nested(0)], "or": []}, "or", "does not belong"),
        ({"operator": "and", "conditions": [nested(0), leaf("user.b", "is", 1)]}, "conditions[1].operator",
         "not an operator"),
        (nested(25), ".".join(["not"] * 20), "nested deeper than 20"),
        ({"or": [nested(0)] * 501}, "or", "at most 500"),
        ({"and": [{"or": [nested(0)] * 300}, {"or": [nested(0)] * 300}]}, "", "600 comparisons"),
    ],
)  # fmt: skip
def test_a_bad_condition_is_refused_with_its_place(tree: Any, where: str, words: str) -> None:
    problems = check_condition(tree)

    assert [problem.path for problem in problems] == [f"condition.{where}".rstrip(".")]
    assert words in problems[0].message


@pytest.mark.parametrize(
    ("tree", "where"),
    [
        (leaf("user.shoe_size", "equals", 1), "attribute_path"),
        (leaf("resource.colour", "equals", "red"), "attribute_path"),
        (leaf("user.access_level", "equals", "five"), "value"),
        (leaf("user.access_level", "starts_with", "a"), "operator"),
        (leaf("user.clearance", "equals", "cosmic"), "value"),
        (leaf("user.clearance", "in", ["secret", "cosmic"]), "value"),
        (leaf("user.clearance", "less_than", 3), "operator"),
        (leaf("user.teams", "equals", "a"), "operator"),
        (leaf("user.teams", "contains_any", [1]), "value"),
        (leaf("user.hired_at", "less_than", 5), "value"),
        (leaf("user.external", "equals", "yes"), "value"),
        (leaf("user.department", "less_than", 5), "operator"),
        (leaf("env.hour", "equals", "noon"), "value"),
    ],
)
def test_a_condition_is_refused_where_it_does_not_fit_the_attributes(tree: Any, where: str) -> None:
    assert [each.path for each in check_condition(tree, attributes=KINDS)] == [f"condition.{where}"]


@pytest.mark.parametrize(
    "tree",
    [
        leaf("user.attributes.clearance", "security_level_meets", "secret"),
        leaf("user.access_level", "between", [1, 5]),
        leaf("user.hired_at", "less_than", "2026-01-01"),
        leaf("user.external", "equals", False),
        leaf("user.roles", "contains", "analyst"),
        leaf("resource.workflow.owner_id", "equals", "x"),
        leaf("user.clearance", "security_level_below") | {"value_path": "resource.classification"},
        {"operator": "is_owner"},
        {"operator": "not", "condition": {"operator": "same_tenant"}},
    ],
)
def test_a_condition_that_fits_the_attributes_is_taken(tree: Any) -> None:
    assert check_condition(tree, attributes=KINDS) == []


@pytest.mark.parametrize(
    "parts",
    [
        [leaf("user.a", "less_than", 3), leaf("user.a", "greater_than", 5)],
        [leaf("user.a", "less_than", 3), leaf("user.a", "greater_or_equal", 3)],
        [leaf("user.a", "between", [1, 2]), leaf("user.a", "between", [3, 4])],
        [leaf("user.a", "equals", "x"), leaf("user.a", "equals", "y")],
        [leaf("user.a", "equals", 1), leaf("user.a", "equals", True)],
        [leaf("user.a", "in", ["x", "y"]), leaf("user.a", "equals", "z")],
        [leaf("user.a", "exists"), leaf("user.a", "not_exists")],
        [
            leaf("user.a", "security_level_meets", "secret"),
            leaf("user.a", "security_level_below", "internal"),
        ],
        [leaf("user.a", "less_than", 3), leaf("user.a", "greater_than", "2026-01-01")],
    ],
)
def test_comparisons_that_exclude_each_other_are_refused(parts: list[Any]) -> None:
    assert "can never hold" in check_condition({"and": parts})[0].message
    assert check_condition({"or": parts}) == []


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"key": ""}, "key"),
        ({"effect": "maybe"}, "effect"),
        ({"actions": []}, "actions"),
        ({"actions": ["workflow.explode"]}, "actions[0]"),
        ({"actions": ["explode.*"]}, "actions[0]"),
        ({"actions": ["account.view"]}, "actions[0]"),
        ({"actions": [VIEW, "token.*"]}, "actions[1]"),
        ({"resources": [""]}, "resources"),
        ({"resource_type": "planet"}, "resource_type"),
        ({"status": "on"}, "status"),
        ({"priority": 5}, "priority"),
    ],
)
def test_a_bad_policy_is_refused_with_its_place(change: dict[str, Any], where: str) -> None:
    with pytest.raises(PolicyError) as caught:
        PolicySet.compile([policy() | change])

    assert [problem.path for problem in caught.value.problems] == [f"policies[0].{where}"]


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(PolicyError) as caught:
        PolicySet.compile(
            [
                policy("maybe", actions=["x"]),
                policy(key="a"),
                policy(key="a", condition=leaf("user.a", "is", 1)),
                "policy",
            ]
        )

    assert [problem.path for problem in caught.value.problems] == [
        "policies[0].effect",
        "policies[0].actions[0]",
        "policies[2].key",
        "policies[2].condition.operator",
        "policies[3]",
    ]


def test_the_words_of_the_guide_stand_for_actions() -> None:
    assert expand_actions(["read"]) == {"node.config", "node.inputs", "node.outputs", "node.logs"}
    assert expand_actions(["execute", "write"]) == {"node.execute", "node.edit"}
    assert expand_actions(["execute"], "workflow") == {"workflow.run"}
    assert expand_actions(["*"]) == set(ACTIONS)
    assert all(name.startswith("node.") for name in expand_actions(["node.*"]))


def test_a_deny_is_stronger_than_roles_shares_and_allows() -> None:
    share = GrantFacts("workflow", "w1", frozenset({VIEW}))

    decision = ask(person(VIEW), policy("allow"), policy("deny", key="no", label="Not now"), grants=[share])

    assert (decision.allowed, decision.rule, decision.policies) == (False, Reason.POLICY_DENY, ("no",))
    assert "Not now" in decision.reason


def test_an_allow_adds_to_roles() -> None:
    decision = ask(person(), policy("allow", key="yes"))

    assert (decision.allowed, decision.rule, decision.policies) == (True, Reason.POLICY, ("yes",))


@pytest.mark.parametrize("status", ["draft", "disabled", "shadow"])
def test_only_active_policies_decide(status: str) -> None:
    assert not ask(person(), policy("allow", status=status)).allowed
    assert ask(person(VIEW), policy("deny", status=status)).allowed


def test_a_shadow_says_what_it_would_have_decided() -> None:
    assert ask(person(VIEW), policy("deny", key="s", status="shadow")).shadow == ("s",)
    assert ask(person(), policy("allow", key="s", status="shadow")).shadow == ("s",)
    assert ask(person(VIEW), policy("allow", key="s", status="shadow")).shadow == ()


def test_a_policy_names_resources_types_and_actions() -> None:
    assert not ask(person(), policy("allow", resources=["w2"])).allowed
    assert ask(person(), policy("allow", resources=["w1"])).allowed
    assert not ask(person(), policy("allow", resource_type="dataset")).allowed
    assert not ask(person(), policy("allow"), action=EDIT).allowed


def test_a_share_reaches_what_belongs_to_it_until_it_ends() -> None:
    share = GrantFacts("workflow", "w1", frozenset({VIEW, "run.view"}))
    run = Resource("run", "r", TENANT, parent=WORKFLOW)

    assert decide(person(), VIEW, WORKFLOW, grants=[share]).rule is Reason.GRANT
    assert decide(person(), "run.view", run, grants=[share]).allowed
    assert not decide(person(), "run.view", run, grants=[replace(share, resource_id="w2")]).allowed
    assert not decide(person(), EDIT, WORKFLOW, grants=[share]).allowed


def test_what_belongs_to_something_unseen_is_hidden() -> None:
    run = Resource("run", "r", TENANT, parent=WORKFLOW)
    secret = policy("deny", condition=leaf("resource.classification", "security_level_meets", "secret"))

    decision = decide(person(VIEW, "run.view"), "run.view", run, policies=PolicySet.compile([secret]))

    assert (decision.allowed, decision.hidden, decision.rule) == (False, True, Reason.PARENT)


def test_a_token_s_scopes_say_nothing_of_what_a_thing_belongs_to() -> None:
    run = Resource("run", "r", TENANT, parent=WORKFLOW)
    token = person(VIEW, "run.view", scopes=frozenset({"run.view"}))

    assert decide(token, "run.view", run).allowed
    assert not decide(token, VIEW, WORKFLOW).allowed


def test_a_ceiling_bounds_policies_shares_and_roles() -> None:
    share = GrantFacts("workflow", "w1", frozenset({VIEW}))
    low = person(VIEW, ceiling=frozenset({EDIT}))

    decision = ask(low, policy("allow"), grants=[share])

    assert (decision.allowed, decision.rule) == (False, Reason.CEILING)
    assert list_predicate(low, VIEW, "workflow") == NEVER


def test_strategies_say_who_is_asked() -> None:
    allow, deny = policy("allow"), policy("deny")
    share = GrantFacts("workflow", "w1", frozenset({VIEW}))

    assert ask(person(VIEW), deny, strategy="rbac").allowed
    assert ask(person(), deny, strategy="rbac", grants=[share]).allowed
    assert not ask(person(), allow, strategy="rbac").allowed
    assert not ask(person(VIEW), strategy="abac", grants=[share]).allowed
    assert ask(person(), allow, strategy="abac").allowed
    assert not ask(person(VIEW), deny, strategy="hybrid").allowed
    with pytest.raises(ValueError, match="Strategy"):
        ask(person(), strategy="none")


def test_no_policy_governs_what_is_everybody_s_own() -> None:
    everything = policy("deny", actions=["*"])

    for action in OWN_ACTIONS:
        assert decide(person(), action, policies=PolicySet.compile([everything])).allowed


def test_a_gate_lets_pass_who_could_be_allowed_something() -> None:
    only_public = policy("allow", condition=leaf("resource.classification", "equals", "public"))
    never = policy("deny", condition=leaf("user.external", "equals", True))

    assert may_somewhere(person(), VIEW, policies=PolicySet.compile([only_public])).allowed
    assert not decide(person(), VIEW, policies=PolicySet.compile([only_public])).allowed
    known = PolicySet.compile([never, policy("deny", condition=leaf("resource.classification", "exists"))])
    refused = may_somewhere(person(VIEW, attributes={"external": True}), VIEW, policies=known)
    assert (refused.rule, refused.policies) == (Reason.POLICY_DENY, (never["key"],))
    assert may_somewhere(person(), VIEW, policies=known).rule is Reason.NO_ROLE
    assert may_somewhere(person(), VIEW).rule is Reason.NO_ROLE
    cleared = leaf("user.clearance", "security_level_meets") | {"value_path": "resource.classification"}
    for effect, given_by_role in (("allow", ()), ("deny", (VIEW,))):
        known = PolicySet.compile([policy(effect, condition=cleared)])
        assert may_somewhere(person(*given_by_role), VIEW, policies=known).missing == ("user.clearance",)


def test_a_gate_knows_that_an_action_may_be_asked_about_other_types() -> None:
    stated = policy("allow", resource_type="node", actions=["data.reveal"])
    known = PolicySet.compile([stated])
    node = Resource("node", "n", TENANT)

    assert decide(person(), "data.reveal", node, policies=known).allowed
    assert may_somewhere(person(), "data.reveal", policies=known).allowed
    assert not may_somewhere(person(), "data.reveal").allowed


def test_a_denial_says_what_was_missing() -> None:
    decision = ask(person(), policy("allow", condition=leaf("user.clearance", "equals", "secret")))

    assert decision.missing == ("user.clearance",)
    assert "user.clearance" in decision.reason


def test_somebody_without_a_tenant_is_allowed_nothing_by_policies() -> None:
    open_to_all = PolicySet.compile([policy("allow")])
    outside = person(tenant_id=None)

    assert not decide(outside, VIEW, Resource("workflow", "w", None), policies=open_to_all).allowed
