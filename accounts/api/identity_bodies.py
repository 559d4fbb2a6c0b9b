"""Bodies of sessions, second factors and fresh proof."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from accounts.api.bodies import Answer, Asked

Code = Annotated[str, StringConstraints(min_length=1, max_length=40, strip_whitespace=True)]
PasskeyName = Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]


class SessionItem(Answer):
    id: UUID
    device: str = Field(description="The browser and its system, in words.")
    ip: str | None
    since: datetime
    seen_at: datetime
    expires_at: datetime
    is_current: bool


class SessionList(Answer):
    results: list[SessionItem]
    next: None = None


class PasskeyItem(Answer):
    id: int
    name: str
    created_at: datetime
    used_at: datetime | None


class FactorsAnswer(Answer):
    """What a person signs in with beside the password."""

    app_since: datetime | None = Field(description="Since when there is an authenticator app; null: none.")
    app_used_at: datetime | None
    passkeys: list[PasskeyItem]
    codes_left: int | None = Field(description="Recovery codes not used yet; null: there are none.")
    wanted: bool = Field(description="The workspace wants a second factor for secrets and policies.")


class AppBegun(Answer):
    """What an authenticator app is set up with. Shown in this answer only."""

    secret: str
    address: str = Field(description="`otpauth://…`, which the picture shows too.")
    picture: str = Field(description="A QR code as `data:image/svg+xml`.")


class CodeGiven(Asked):
    code: Code


class NewCodes(Answer):
    recovery_codes: list[str] | None = Field(
        description="Each good once, shown in this answer only; null: the earlier ones stay."
    )


class CodesAnswer(Answer):
    recovery_codes: list[str]


class PasskeyQuestion(Answer):
    options: dict[str, Any] = Field(description="For `navigator.credentials`, with bytes in base64url.")


class NewPasskey(Asked):
    name: PasskeyName
    credential: dict[str, Any]


class PasskeyAdded(Answer):
    passkey: PasskeyItem
    recovery_codes: list[str] | None = Field(description="As for an authenticator app.")


class ProofGiven(Asked):
    """One of the three. A password counts for changes of one's own factors alone, and only without one."""

    code: Code | None = None
    credential: dict[str, Any] | None = None
    password: Annotated[str, StringConstraints(max_length=4096)] | None = None


class ProofState(Answer):
    methods: list[str] = Field(description="totp, passkey, recovery_code or password.")
    fresh_until: datetime | None = Field(
        description="Until when the second factor of this session counts as fresh; null: none does."
    )


class FactorsOfPerson(Answer):
    """Which second factors somebody has, for who manages people."""

    app: bool
    passkeys: int
    codes_left: int | None
