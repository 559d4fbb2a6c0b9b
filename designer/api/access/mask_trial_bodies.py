"""Bodies of trying masking rules: on samples, on the people of the workspace, and of what is suggested."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import Field, model_validator

from designer.api.access.mask_bodies import MaskDocument
from designer.api.access.policy_bodies import StatedSubject
from runtime.api.body import Body, RequestBody


class MaskSampleRequest(RequestBody):
    """A rule, data to try it on (a dataset, or a node of a run), and through whose eyes; else one's own."""

    rule: MaskDocument
    dataset: UUID | None = None
    run: UUID | None = None
    node: str | None = Field(None, min_length=1, max_length=4000, description="Its path, with `run`.")
    user: UUID | None = None
    subject: StatedSubject | None = None

    @model_validator(mode="after")
    def _one_of_each(self) -> MaskSampleRequest:
        if (self.run is None) != (self.node is None) or (self.dataset is None) == (self.run is None):
            raise ValueError("Name a dataset, or a run and a node of it.")
        if self.user is not None and self.subject is not None:
            raise ValueError("Name a user, or state a subject.")
        return self


class MaskedPair(Body):
    """A value of the field. What you do not see as it is stored yourself is null, and `hidden`."""

    path: str
    row: str = Field(description="What names the record: its first plain value, or its number.")
    stored: Any
    seen: Any
    dropped: bool = Field(description="The field is not there for the viewer.")
    hidden: bool


class MaskSample(Body):
    """The first values of the rule's field. Beside the rule those in force count too: the strictest wins."""

    pairs: list[MaskedPair]
    viewer: str = Field(description="Name or address; empty for somebody stated.")


class MaskReachRequest(RequestBody):
    rule: MaskDocument


class RoleReach(Body):
    key: str
    label: str
    sees: int
    people: int


class MaskReach(Body):
    """How many of the active people see the value as it is stored, as things stand now."""

    people: int
    sees: int
    roles: list[RoleReach] = Field(description="Those of which somebody sees it.")
    depends: bool = Field(
        description="The condition asks about the thing or the record: for some it depends."
    )


class SuggestionPlace(Body):
    type: Literal["dataset", "workflow"]
    id: str
    name: str
    run: str | None
    node: str | None


class MaskSuggestion(Body):
    """A field most of whose values look as the detector says. Values are never told."""

    path: str
    detector: Literal["card", "iban", "ssn", "email", "phone"]
    values: int
    matching: int
    place: SuggestionPlace
    rule: str = Field(description="The key of a rule that masks it already for some; empty for none.")


class MaskSuggestionList(Body):
    """From the first rows of datasets and the newest runs, as far as you see their data unmasked."""

    results: list[MaskSuggestion]
    next: None = None
    datasets: int = Field(description="So many were looked at.")
    nodes: int
