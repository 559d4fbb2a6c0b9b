"""What fields of credentials are made of."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from runtime.credentials.forms_of_secrets import SHORTEST_SECRET
from runtime.net.headers import header_complaint

MAX_SECRET = 16_000


def secret_field(title: str, description: str = "", *, optional: bool = False) -> Any:
    """A field whose value never comes out again."""
    extra: JsonDict = {"x-widget": "secret", "writeOnly": True}
    if optional:
        return Field("", title=title, description=description, max_length=MAX_SECRET, json_schema_extra=extra)
    return Field(
        title=title,
        description=description,
        min_length=1,
        max_length=MAX_SECRET,
        json_schema_extra=extra,
    )


def _sendable(value: str) -> str:
    if header_complaint("Authorization", f"Bearer {value}") is not None or value != value.strip():
        raise ValueError("it goes into a header: no line break, no space at its ends, plain ASCII only")
    return value


def _redactable(value: str) -> str:
    if value and len(value.strip()) < SHORTEST_SECRET:
        raise ValueError(
            f"a secret has at least {SHORTEST_SECRET} characters: a shorter one stands in any text by chance"
            " and could not be kept out of what is shown"
        )
    return value


SecretText = Annotated[str, AfterValidator(_redactable)]
HeaderText = Annotated[SecretText, AfterValidator(_sendable)]


class CredentialFields(BaseModel):
    """Base of the fields of a type."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
