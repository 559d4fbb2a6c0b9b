"""What one person may do everywhere, sometimes or never, beside single decisions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from accounts.access import ACTIONS, Environment, GrantFacts, PolicySet, Resource, Subject, decide
from accounts.access.effective import EffectiveAccess, Extent, effective_access

TENANT = uuid4()
ENV = Environment(datetime(2026, 3, 4, 12, tzinfo=UTC))
ASKED = ("workflow.view", "workflow.edit", "dataset.view")


def person(**facts: object) -> Subject:
    return Subject(uuid4(), TENANT, **facts)  # type: ignore[arg-type]


def of(subject: Subject, action: str, *documents: Mapping[str, object], **more: object) -> EffectiveAccess:
    policies = PolicySet.compile(list(documents))
    found = effective_access(subject, policies=policies, env=ENV, **more)  # type: ignore[arg-type]
    return next(each for each in found if each.action == action)


def about(path: str, operator: str, value: object) -> dict[str, object]:
    return {"attribute_path": path, "operator": operator, "value": value}


SECRET = {
    "key": "secret",
    "effect": "deny",
    "resource_type": "workflow",
    "actions": ["workflow.view"],
    "condition": about("resource.classification", "equals", "secret"),
}


def test_every_action_has_one_answer() -> None:
    found = effective_access(person(), policies=PolicySet.compile([]), env=ENV)

    assert [each.action for each in found] == list(ACTIONS)


def test_a_role_gives_always() -> None:
    answer = of(person(permissions=frozenset({"workflow.view"})), "workflow.view")

    assert (answer.extent, answer.rule) == (Extent.ALWAYS, "role")


def test_nothing_gives_never() -> None:
    answer = of(person(), "workflow.view")

    assert (answer.extent, answer.rule) == (Extent.NEVER, "no_role")


def test_who_is_not_active_may_nothing() -> None:
    answer = of(person(is_active=False, permissions=frozenset({"workflow.view"})), "workflow.view")

    assert (answer.extent, answer.rule) == (Extent.NEVER, "inactive")


def test_a_ceiling_bounds_what_a_role_gives() -> None:
    bounded = person(permissions=frozenset({"workflow.view"}), ceiling=frozenset({"run.view"}))

    assert of(bounded, "workflow.view").rule == "ceiling"


def test_a_policy_on_some_things_makes_it_sometimes_and_is_named() -> None:
    answer = of(person(permissions=frozenset({"workflow.view"})), "workflow.view", SECRET)

    assert (answer.extent, answer.rule, answer.policies) == (Extent.SOMETIMES, "role", ("secret",))


def test_what_is_missing_of_the_person_is_named() -> None:
    cleared = {**SECRET, "condition": about("user.clearance", "equals", "public")}

    answer = of(person(permissions=frozenset({"workflow.view"})), "workflow.view", cleared)

    assert (answer.extent, answer.rule) == (Extent.NEVER, "policy_deny")
    assert answer.missing == ("user.clearance",)


def test_a_share_is_sometimes() -> None:
    share = GrantFacts("workflow", "1", frozenset({"workflow.view"}), None)

    answer = of(person(), "workflow.view", grants=[share])

    assert (answer.extent, answer.rule) == (Extent.SOMETIMES, "grant")


values = st.sampled_from(["public", "secret"])
conditions = st.one_of(
    st.none(),
    st.builds(lambda value: about("resource.classification", "equals", value), values),
    st.builds(lambda value: about("resource.classification", "not_equals", value), values),
    st.builds(lambda value: about("user.region", "equals", value), values),
    st.builds(lambda days: about("env.at", "weekday_in", days), st.sampled_from([["mon"], ["wed"]])),
)
documents = st.lists(
    st.fixed_dictionaries(
        {
            "effect": st.sampled_from(["allow", "deny"]),
            "resource_type": st.sampled_from(["*", "workflow"]),
            "resources": st.sampled_from([["*"], ["1"]]),
            "actions": st.sampled_from([["workflow.*"], ["workflow.view"], ["*"]]),
            "condition": conditions,
        }
    ),
    max_size=5,
)


@given(
    documents,
    st.sets(st.sampled_from(ASKED)),
    st.sampled_from([{}, {"region": "public"}, {"region": "secret"}]),
)
def test_always_and_never_are_what_single_decisions_say(
    given_documents: list[dict[str, object]], held: set[str], attributes: dict[str, str]
) -> None:
    policies = PolicySet.compile([{"key": str(at), **each} for at, each in enumerate(given_documents)])
    who = person(permissions=frozenset(held), attributes=attributes)
    things = [
        Resource(kind, id, TENANT, attributes=known)
        for kind in ("workflow", "dataset")
        for id in ("1", "2")
        for known in ({}, {"classification": "public"}, {"classification": "secret"})
    ]

    for each in effective_access(who, policies=policies, env=ENV):
        if each.action not in ASKED:
            continue
        kind = each.action.partition(".")[0]
        answers = {
            decide(who, each.action, thing, policies=policies, env=ENV).allowed
            for thing in things
            if thing.type == kind
        }
        if each.extent is Extent.ALWAYS:
            assert answers == {True}
        if each.extent is Extent.NEVER:
            assert answers == {False}
