"""What is to be rotated, when, and from where: the settings of `RotatingCredentialNode`."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from runtime.engine.errors import NodeError
from runtime.nodes.forms import FormParameters, look
from runtime.rotation.places import Rotates
from runtime.rotation.store_settings import AwsSettings, AzureSettings, Origin, VaultSettings

SourceName = Literal["vault", "local", "aws_secrets", "azure_key_vault"]
DAY_S = 86_400.0
LONGEST_S = 3_660 * DAY_S
MAX_ADDRESSES = 20


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LocalSettings(Origin):
    """A random value, made here."""

    length: int = Field(40, title="Characters", ge=16, le=512)
    alphabet: Literal["url_safe", "letters_digits", "hex"] = Field("url_safe", title="Characters from")


class RefreshConfig(_Settings):
    """Each source's own settings."""

    vault: VaultSettings = Field(VaultSettings(), title="Vault")
    local: LocalSettings = Field(LocalSettings(), title="Made here")
    aws_secrets: AwsSettings = Field(AwsSettings(), title="AWS Secrets Manager")
    azure_key_vault: AzureSettings = Field(AzureSettings(), title="Azure Key Vault")


class Trial(_Settings):
    """A call that the new value has to pass."""

    url: str = Field(title="URL", description="An address that needs the credential.", max_length=2000)
    method: Literal["GET", "HEAD", "POST"] = Field("GET", title="Method")
    timeout_s: float = Field(10.0, title="Time limit (seconds)", gt=0, le=60)

    @field_validator("url")
    @classmethod
    def _can_be_called(cls, url: str) -> str:
        return _address(url)


class RotationSettings(FormParameters):
    """A policy of rotation for one credential."""

    operation: Literal["start_rotation"] = Field("start_rotation", title="Operation")
    credential_name: str = Field(
        title="Credential",
        description="It is renewed when it is due.",
        min_length=1,
        max_length=100,
        json_schema_extra=look(widget="credential"),
    )
    rotation_policy: Literal["proactive", "scheduled", "on_demand"] = Field(
        "proactive",
        title="When",
        description="Before it expires, at times of a schedule, or each time that the step runs.",
    )
    expiration_threshold: float = Field(
        DAY_S,
        title="Before it expires (seconds)",
        description="It is due from so long before it expires.",
        gt=0,
        le=LONGEST_S,
        json_schema_extra=look(widget="duration", visible_if={"rotation_policy": "proactive"}),
    )
    schedule_cron: str | None = Field(
        None,
        title="Schedule",
        description="Minute, hour, day of the month, month, day of the week, in UTC: 0 2 * * 1.",
        max_length=200,
        json_schema_extra=look(visible_if={"rotation_policy": "scheduled"}),
    )
    check_interval: float = Field(
        3600.0,
        title="Look again after (seconds)",
        description="The server goes on looking after this run. In a script nothing looks again.",
        ge=60,
        le=30 * DAY_S,
        json_schema_extra=look(widget="duration", visible_if={"rotation_policy": ["proactive", "scheduled"]}),
    )
    refresh_sources: tuple[SourceName, ...] = Field(
        ("vault",),
        title="Sources",
        description="Where a new value comes from; the first one that has one.",
        min_length=1,
        max_length=4,
    )
    refresh_config: RefreshConfig = Field(
        RefreshConfig(), title="Settings of the sources", json_schema_extra=look(advanced=True)
    )
    rotator: Rotates | None = Field(
        None,
        title="Where it is valid",
        description="What has to learn of the new value. Empty: a source has made it valid already.",
        json_schema_extra=look(advanced=True),
    )
    strategy: Literal["single", "alternating"] = Field(
        "single",
        title="Principals",
        description="alternating: two take turns, so that the one in force is never touched.",
        json_schema_extra=look(advanced=True),
    )
    retire_after: float = Field(
        1800.0,
        title="Keep the value before (seconds)",
        description="It is ended so long after the new one came into force, once no step holds it.",
        ge=0,
        le=30 * DAY_S,
        json_schema_extra=look(widget="duration", advanced=True),
    )
    zero_downtime: bool = Field(
        True,
        title="Without a gap",
        description="The value so far stays in force until the new one has passed its test.",
    )
    rollback_on_failure: bool = Field(
        True,
        title="Roll back",
        description="When the new value does not pass its test, the one before comes back into force.",
        json_schema_extra=look(visible_if={"zero_downtime": False}),
    )
    test_request: Trial | None = Field(
        None,
        title="Test",
        description="Empty: only whether the new value fits the type of the credential.",
        json_schema_extra=look(advanced=True),
    )
    notification_webhooks: tuple[str, ...] = Field(
        (),
        title="Tell by webhook",
        description="Addresses that are told how a rotation ended.",
        max_length=MAX_ADDRESSES,
        json_schema_extra=look(advanced=True),
    )
    notification_emails: tuple[str, ...] = Field(
        (), title="Tell by e-mail", max_length=MAX_ADDRESSES, json_schema_extra=look(advanced=True)
    )
    notification_signing: str = Field(
        "",
        title="Sign webhooks with",
        description="A credential of the type signing_secret.",
        max_length=100,
        json_schema_extra=look(advanced=True),
    )
    audit_log_enabled: bool = Field(
        True,
        title="Tell each look in the audit",
        description="What changes a credential is always told.",
        json_schema_extra=look(advanced=True),
    )

    @field_validator("refresh_sources")
    @classmethod
    def _once_each(cls, names: tuple[SourceName, ...]) -> tuple[SourceName, ...]:
        return tuple(dict.fromkeys(names))

    @field_validator("notification_webhooks")
    @classmethod
    def _are_addresses(cls, urls: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_address(url) for url in urls)

    @field_validator("notification_emails")
    @classmethod
    def _are_emails(cls, emails: tuple[str, ...]) -> tuple[str, ...]:
        from runtime.notices.rules import email_complaint

        for email in emails:
            if complaint := email_complaint(email):
                raise ValueError(f"{email!r:.80}: {complaint}")
        return emails

    @field_validator("schedule_cron")
    @classmethod
    def _is_a_schedule(cls, cron: str | None) -> str | None:
        from runtime.triggers.problems import InvalidTrigger
        from runtime.triggers.schedule import parse_schedule

        if cron is None:
            return None
        try:
            return parse_schedule(cron, "UTC").cron
        except InvalidTrigger as error:
            raise ValueError(error.problems[0].message) from None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        is_scheduled = self.rotation_policy == "scheduled"
        if is_scheduled and self.schedule_cron is None:
            raise ValueError("the policy 'scheduled' needs schedule_cron, such as 0 2 * * 1")
        if not is_scheduled and self.schedule_cron is not None:
            raise ValueError(
                "schedule_cron is only for the policy 'scheduled'; remove it, or change the policy"
            )
        if self.zero_downtime and not self.rollback_on_failure:
            raise ValueError(
                "with zero_downtime the value so far stays until the new one has passed: "
                "rollback_on_failure cannot be off with it"
            )
        return self


def _address(url: str) -> str:
    from runtime.net.client import read_url  # loads the HTTP library

    try:
        read_url(url)
    except NodeError as error:
        raise ValueError(error.message) from None
    return url
