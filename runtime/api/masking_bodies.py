"""Bodies that say what of a value its reader does not see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import Field

from runtime.api.body import Body, RequestBody, Time
from runtime.masking.shown import Denial, MaskedField

MAX_MINUTES = 60


class MaskedFieldItem(Body):
    """A field that is masked for this reader."""

    path: str = Field(description="From the value that it stands beside; `[*]` is every item of a list.")
    rule: str = Field(description="The key of the masking rule, or `masked_elsewhere`.")
    label: str
    type: str


class DenialItem(Body):
    """A part that this reader is refused, and why."""

    action: str
    resource_type: str
    resource_id: str
    reason: str
    rule: str
    can_request: bool = Field(description="Whether access can be asked for with `access/requests/`.")


class Revealing(Body):
    """Masked values of a node are shown to this reader until then."""

    until: Time
    reason: str


class RevealRequest(RequestBody):
    """For how long masked values shall be shown, and why. Both are in the audit."""

    reason: str = Field(min_length=3, max_length=1000)
    minutes: int = Field(ge=1, le=MAX_MINUTES)


def masked_items(fields: Iterable[MaskedField]) -> list[MaskedFieldItem]:
    return [
        MaskedFieldItem(path=field.path, rule=field.rule, label=field.label, type=field.type)
        for field in fields
    ]


def denial_item(denial: Denial) -> DenialItem:
    return DenialItem(
        action=denial.action,
        resource_type=denial.resource_type,
        resource_id=denial.resource_id,
        reason=denial.reason,
        rule=denial.rule,
        can_request=denial.can_request,
    )


def denial_items(denials: Mapping[str, Denial]) -> dict[str, DenialItem]:
    return {name: denial_item(denial) for name, denial in denials.items()}
