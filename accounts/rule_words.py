"""Everything that rules of a tenant can be written with, as those who write them choose from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from accounts.access import ACTIONS, OWN_ACTIONS
from accounts.models import AttributeDefinition, AttributeKind, Role
from accounts.vocabulary import types_of_columns, vocabulary_of

DEFINED = "Defined here"
ACCOUNT = "The account"
THING = "The thing itself"
SURROUNDINGS = "When and from where"
ASKED = "What is asked for"


@dataclass(frozen=True, slots=True)
class AttributeWord:
    """A path that conditions can name. `applies_to` are types of resources; empty: it is there for all."""

    path: str
    label: str
    kind: str
    source: str
    allowed: tuple[Any, ...] | None = None
    applies_to: tuple[str, ...] = ()


_OF_EVERYBODY = (
    AttributeWord("user.id", "Id", AttributeKind.TEXT.value, ACCOUNT),
    AttributeWord("user.email", "E-mail", AttributeKind.TEXT.value, ACCOUNT),
    AttributeWord("user.tenant_id", "Workspace", AttributeKind.TEXT.value, ACCOUNT),
    AttributeWord("user.is_active", "Active", AttributeKind.BOOLEAN.value, ACCOUNT),
)
_OF_THE_MOMENT = (
    AttributeWord("env.at", "Time", AttributeKind.DATETIME.value, SURROUNDINGS),
    AttributeWord("env.hour", "Hour (0 to 23, UTC)", AttributeKind.NUMBER.value, SURROUNDINGS),
    AttributeWord("env.weekday", "Weekday (1 is Monday)", AttributeKind.NUMBER.value, SURROUNDINGS),
    AttributeWord("env.date", "Date", AttributeKind.TEXT.value, SURROUNDINGS),
    AttributeWord("env.ip", "Address", AttributeKind.TEXT.value, SURROUNDINGS),
    AttributeWord("env.mfa_at", "Last second factor", AttributeKind.DATETIME.value, SURROUNDINGS),
)


def resource_types() -> list[str]:
    """Those that policies can be about."""
    return sorted({name.partition(".")[0] for name in governed_actions()})


def governed_actions() -> list[str]:
    """Those that policies can govern: not what is everybody's own."""
    return [name for name in ACTIONS if name not in OWN_ACTIONS]


def attribute_words(tenant_id: UUID) -> list[AttributeWord]:
    """What conditions can name in the tenant: of people first, then of things, of the moment, the action."""
    words = vocabulary_of(tenant_id)
    definitions = list(AttributeDefinition.objects.filter(tenant=tenant_id))
    by_path = {f"{row.applies_to}.{row.name}": row for row in definitions}
    roles = tuple(Role.objects.filter(tenant=tenant_id).order_by("key").values_list("key", flat=True))
    people = [_defined(row, words.levels) for path, row in by_path.items() if path.startswith("user.")]
    held = AttributeWord("user.roles", "Roles", AttributeKind.LIST_TEXT.value, ACCOUNT, roles)
    things = _of_things(words.attributes.items(), by_path, words.levels)
    asked = (
        AttributeWord("action", "Action", AttributeKind.TEXT.value, ASKED, tuple(governed_actions())),
        AttributeWord("resource.type", "Type", AttributeKind.TEXT.value, ASKED, tuple(resource_types())),
    )
    return [*people, held, *_OF_EVERYBODY, *things, *_OF_THE_MOMENT, *asked]


def _of_things(
    attributes: Iterable[tuple[str, str]], defined: dict[str, AttributeDefinition], levels: tuple[str, ...]
) -> list[AttributeWord]:
    types = types_of_columns()
    found = []
    for path, kind in attributes:
        if path.startswith("resource.") and path != "resource.type":
            row = defined.get(path)
            allowed = levels if kind == AttributeKind.LEVEL else _allowed(row)
            label = row.label if row is not None else _label(path)
            found.append(AttributeWord(path, label, str(kind), THING, allowed, types.get(path, ())))
    return sorted(found, key=lambda word: (word.path.count("."), word.path))


def _defined(row: AttributeDefinition, levels: tuple[str, ...]) -> AttributeWord:
    allowed = levels if row.kind == AttributeKind.LEVEL else _allowed(row)
    return AttributeWord(f"{row.applies_to}.{row.name}", row.label, row.kind, DEFINED, allowed)


def _allowed(row: AttributeDefinition | None) -> tuple[Any, ...] | None:
    return None if row is None or row.allowed is None else tuple(row.allowed)


def _label(path: str) -> str:
    """`resource.workflow.owner_id` is “Workflow: owner”."""
    *of, name = path.removeprefix("resource.").split(".")
    said = name.removesuffix("_id").replace("_", " ") or name
    return f"{' '.join(of).capitalize()}: {said}" if of else said.capitalize()
