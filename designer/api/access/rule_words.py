"""`policies/vocabulary/`: what rules can be written with."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import ACTIONS, OPERATORS
from accounts.api import AuthorizedView
from accounts.models import Role, SecurityLevel
from accounts.rule_words import AttributeWord, attribute_words, governed_actions, resource_types
from designer.api.access.rule_word_bodies import (
    NamedRole,
    NamedWord,
    RuleAction,
    RuleOperator,
    RulePath,
    RuleWords,
)
from designer.api.access.tenants import tenant_of
from designer.api.access.vocabulary_bodies import Level


class RuleWordsView(AuthorizedView, APIView):
    """Attributes with their types and values, operators, actions, types of resources, levels and roles."""

    actions: ClassVar[dict[str, str]] = {"GET": "policy.view"}

    @extend_schema(operation_id="policies_vocabulary", responses=RuleWords)
    def get(self, request: Request) -> Response:
        tenant_id = tenant_of(self)
        levels = SecurityLevel.objects.filter(tenant=tenant_id)
        roles = Role.objects.filter(tenant=tenant_id).order_by("key")
        body = RuleWords(
            paths=[_path(word) for word in attribute_words(tenant_id)],
            operators=_operators(),
            actions=_actions(),
            resource_types=_types(),
            levels=[Level(key=row.key, label=row.label, rank=row.rank) for row in levels],
            roles=[NamedRole(key=row.key, label=row.label) for row in roles],
        )
        return Response(body)


def _types() -> list[NamedWord]:
    every = NamedWord(name="*", label="Everything")
    named = [NamedWord(name=name, label=name.replace("_", " ").capitalize()) for name in resource_types()]
    return [every, *named]


def _path(word: AttributeWord) -> RulePath:
    return RulePath(
        path=word.path,
        label=word.label,
        kind=word.kind,
        allowed=None if word.allowed is None else list(word.allowed),
        source=word.source,
        applies_to=list(word.applies_to),
    )


def _operators() -> list[RuleOperator]:
    return [
        RuleOperator(
            name=each.name,
            label=each.label,
            takes=each.takes,
            kinds=sorted(each.left),
            takes_path=each.takes_path,
            default_path=each.default_path,
            default_value_path=each.default_value_path,
        )
        for each in OPERATORS.values()
    ]


def _actions() -> list[RuleAction]:
    return [
        RuleAction(name=name, label=ACTIONS[name].label, resource_type=name.partition(".")[0])
        for name in governed_actions()
    ]
