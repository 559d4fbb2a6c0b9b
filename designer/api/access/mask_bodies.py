"""Bodies of masking rules."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from designer.api.access.policy_bodies import Condition, Key, ResourceType, Revision, Word, Words
from designer.api.access.policy_bodies import Status as StoredStatus
from runtime.api.body import Body, Name, PageParameters, Person, RequestBody, Time

MaskType = Literal[
    "redact", "nullify", "drop", "replace", "partial", "email", "hash", "range", "round", "date_truncate"
]
Status = Literal["draft", "active", "disabled"]
FieldPath = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class MaskItem(Body):
    """Which fields are hidden, how, and from whom; without a condition from everybody."""

    id: UUID
    key: str
    label: str
    resource_type: str
    resources: list[str]
    field: str
    condition: Condition | None
    mask_type: str
    options: dict[str, Any]
    status: StoredStatus
    revision: int
    created_at: Time
    updated_at: Time
    updated_by: Person | None
    can: list[str]


class MaskList(Body):
    results: list[MaskItem]
    next: str | None


class MaskFilters(PageParameters):
    """The query string of the list of masking rules."""

    search: str | None = Field(None, max_length=200, description="In the key, the label or the field.")
    status: Status | None = None


class MaskDocument(RequestBody):
    """A masking rule as it is written."""

    key: Key
    field: FieldPath = Field(description="A path such as `customers[*].ssn`, or a name at any depth.")
    mask_type: MaskType
    label: Annotated[str, StringConstraints(max_length=200)] = ""
    resource_type: ResourceType = "*"
    resources: Words = Field(["*"], description="Ids of resources, or * for all.")
    condition: Condition | None = Field(None, description="Masked where it holds, or may hold.")
    options: dict[str, Any] = Field({}, max_length=20)


class NewMask(MaskDocument):
    """It counts from the next request on, unless another status is given."""

    status: Status = "active"


class MaskChange(RequestBody):
    """Only what is given changes."""

    revision: Revision
    key: Key | None = None
    label: Name | None = None
    field: FieldPath | None = None
    mask_type: MaskType | None = None
    resource_type: ResourceType | None = None
    resources: Words | None = None
    condition: Condition | None = Field(None, description="Null: from everybody.")
    options: dict[str, Any] | None = Field(None, max_length=20)
    status: Status | None = None


class MaskPreview(RequestBody):
    """Data as somebody would see it: by the rule that is given, or by those in force."""

    data: Any
    rule: MaskDocument | None = None
    user: UUID | None = Field(None, description="Whose eyes; left out: one's own.")
    resource_type: ResourceType = "node"
    resource: Word | None = Field(None, description="The id of the resource that the data is of.")


class MaskHit(Body):
    """A field that was masked."""

    path: str
    rule: str
    type: str


class MaskPreviewed(Body):
    value: Any
    masked: list[MaskHit]
