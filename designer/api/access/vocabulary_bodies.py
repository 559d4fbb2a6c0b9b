"""Bodies of attributes, levels, and what things are classified by."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from runtime.api.body import Body, Name, RequestBody, Text, Time

Kind = Literal["text", "number", "boolean", "level", "list_text", "list_number", "datetime"]
AppliesTo = Literal["user", "resource"]
AttributeName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
LevelKey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")]
Label = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]
Values = Annotated[list[str | int | float], Field(max_length=200)]
Word = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]


class ClaimSource(Body):
    """The claim of an identity provider that an attribute follows at each sign-in there."""

    provider: str = Field(description="The provider's label.")
    claim: str


class AttributeItem(Body):
    """The type of an attribute, and the values that it may have; null: any of its type.

    `claims`: where people's values come from; empty where somebody sets them by hand.
    """

    id: UUID
    name: str
    label: str
    kind: Kind
    applies_to: AppliesTo
    allowed: list[Any] | None
    claims: list[ClaimSource]
    description: str
    updated_at: Time
    can: list[str]


class AttributeList(Body):
    results: list[AttributeItem]
    next: None = None


class NewAttribute(RequestBody):
    name: AttributeName
    label: Name
    kind: Kind
    applies_to: AppliesTo = "user"
    allowed: Values | None = None
    description: Text = ""


class AttributeChange(RequestBody):
    """Only what is given changes."""

    label: Name | None = None
    kind: Kind | None = None
    allowed: Values | None = Field(None, description="Null: any of its type.")
    description: Text | None = None


class Level(Body):
    """A security level. A higher rank is more secret."""

    key: str
    label: str
    rank: int


class LevelList(Body):
    results: list[Level]
    next: None = None


class NewLevel(RequestBody):
    key: LevelKey
    label: Label


class NewLevels(RequestBody):
    """All of them, the least secret first. One that is still in use cannot be left out."""

    levels: list[NewLevel] = Field(min_length=1, max_length=20)


class AccessAttributes(Body):
    """What policies know of a thing. Empty text, and no tags, are missing to them."""

    classification: str
    department: str
    region: str
    tags: list[str]


class AccessAttributesChange(RequestBody):
    """Only what is given changes."""

    classification: Annotated[str, StringConstraints(min_length=1, max_length=60)] | None = None
    department: Word | None = None
    region: Word | None = None
    tags: list[Tag] | None = Field(None, max_length=50)
