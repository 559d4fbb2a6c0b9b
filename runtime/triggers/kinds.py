"""The closed sets of words that triggers and their firings use."""

from __future__ import annotations

from enum import StrEnum


class TriggerKind(StrEnum):
    SCHEDULE = "schedule"
    WEBHOOK = "webhook"
    WORKFLOW = "workflow"


class FireCause(StrEnum):
    """Why a trigger was acted on: a time of its schedule, a person, or the end of a run that it follows."""

    SCHEDULE = "schedule"
    PERSON = "person"
    RUN = "run"


class FireOutcome(StrEnum):
    """`skipped`: as its policy says. `refused`: it could not start a run, and says why."""

    STARTED = "started"
    SKIPPED = "skipped"
    REFUSED = "refused"


class DeliveryOutcome(StrEnum):
    ACCEPTED = "accepted"
    REFUSED = "refused"
