"""Bodies of policies, their revisions and their test cases."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from runtime.api.body import Body, Name, PageParameters, Person, RequestBody, Text, Time

Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,119}$")]
Effect = Literal["allow", "deny"]
Status = Literal["draft", "shadow", "active", "disabled"]
Word = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Words = Annotated[list[Word], Field(min_length=1, max_length=1000)]
ResourceType = Annotated[str, StringConstraints(min_length=1, max_length=60)]
ActionName = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Revision = Annotated[int, Field(ge=1, le=2**31 - 1, strict=True, description="The one that you have read.")]
Condition = dict[str, Any]


class PolicyDraft(Body):
    """What the next revision is to say."""

    document: dict[str, Any]
    by: Person | None
    at: Time
    version: int
    approved_by: Person | None


class PolicyApprovalState(Body):
    """Of the draft, or where there is none of the revision."""

    needed: bool = Field(description="Whether setting it in force waits for it.")
    by: Person | None
    at: Time | None
    may_approve: bool = Field(description="Whether you may: somebody else wrote it.")


class CaseCount(Body):
    """Test cases, as if the draft, or without one the policy, were in force."""

    passed: int
    failed: int


class PolicyItem(Body):
    """Who may, or may not, do what on which resources, as long as its condition holds."""

    id: UUID
    key: str
    label: str
    effect: Effect
    resource_type: str
    resources: list[str]
    actions: list[str]
    condition: Condition | None
    status: Status
    revision: int
    created_at: Time
    updated_at: Time
    updated_by: Person | None
    in_force: bool
    draft: PolicyDraft | None
    draft_version: int = Field(description="What a change of the draft, also of none, has to name.")
    approval: PolicyApprovalState
    hits_24h: int = Field(description="Logged decisions of the last 24 hours that it decided.")
    tests: CaseCount
    referenced_unknown: list[str] = Field(description="Attributes that it names and that are not there.")
    can: list[str]


class PolicyList(Body):
    results: list[PolicyItem]
    next: str | None


class PolicyFilters(PageParameters):
    """The query string of the list of policies."""

    search: str | None = Field(None, max_length=200, description="In the key or the label.")
    status: Status | None = None
    effect: Effect | None = None


class PolicyDocument(RequestBody):
    """A policy as it is written. Without a condition it always holds."""

    key: Key
    effect: Effect
    actions: Words
    label: Annotated[str, StringConstraints(max_length=200)] = ""
    resource_type: ResourceType = "*"
    resources: Words = Field(["*"], description="Ids of resources, or * for all.")
    condition: Condition | None = None


class NewPolicy(PolicyDocument):
    """It begins as a draft, which decides nothing."""

    note: Text = ""


class PolicyChange(RequestBody):
    """Only what is given changes. It is the next revision, in force at once where the policy is."""

    revision: Revision
    key: Key | None = None
    label: Name | None = None
    effect: Effect | None = None
    actions: Words | None = None
    resource_type: ResourceType | None = None
    resources: Words | None = None
    condition: Condition | None = Field(None, description="Null: it always holds.")
    note: Text = ""


class PolicyActivation(RequestBody):
    """`active` decides; `shadow` is evaluated and told of, and decides nothing.

    With `draft` the draft becomes the next revision, with this status.
    """

    status: Literal["active", "shadow", "disabled"]
    revision: Revision
    note: Text = ""
    draft: bool = False
    draft_version: int | None = Field(None, ge=0, le=2**31 - 1, description="The one that you have read.")

    @model_validator(mode="after")
    def _of_a_draft(self) -> PolicyActivation:
        if self.draft is not (self.draft_version is not None):
            raise ValueError("Name the version of the draft, and only with draft.")
        return self


class Fault(Body):
    """What is wrong, where, and what to do."""

    field: str
    message: str
    code: str


class PolicyCheck(Body):
    """Empty: it can be set in force."""

    problems: list[Fault]


class PolicyRevisionItem(Body):
    """What a policy said, for good."""

    number: int
    document: dict[str, Any]
    note: str
    at: Time
    by: Person | None


class PolicyRevisionList(Body):
    results: list[PolicyRevisionItem]
    next: str | None


class StatedSubject(RequestBody):
    """Somebody who need not exist."""

    roles: list[Word] = Field([], max_length=50)
    attributes: dict[str, Any] = Field({}, max_length=100)
    email: str = Field("", max_length=254)


class StatedResource(RequestBody):
    """A thing that need not exist. `owner` is the id of a person, or `self` for whoever asks."""

    type: ResourceType
    id: str = Field("", max_length=200)
    owner: str | None = Field(None, max_length=60)
    attributes: dict[str, Any] = Field({}, max_length=100)
    parent: StatedResource | None = None


class StatedEnvironment(RequestBody):
    """When and from where it is asked. Without `at` it is now."""

    at: Time | None = None
    ip: str | None = Field(None, max_length=45)
    mfa_at: Time | None = None


class NewPolicyTestCase(RequestBody):
    """A question and the answer that is expected: it keeps the policy from being set in force otherwise."""

    name: Name
    subject: StatedSubject
    action: ActionName
    resource: StatedResource | None = None
    env: StatedEnvironment = StatedEnvironment()
    expected: bool


class PolicyTestCaseItem(Body):
    """A test case, and how it goes as the policy stands."""

    id: UUID
    name: str
    subject: dict[str, Any]
    action: str
    resource: dict[str, Any]
    env: dict[str, Any]
    expected: bool
    allowed: bool
    passed: bool
    reason: str


class PolicyTestCaseList(Body):
    results: list[PolicyTestCaseItem]
    next: None = None
