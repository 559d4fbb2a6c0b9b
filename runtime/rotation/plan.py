"""What a rotation would do, in words, before it is done."""

from __future__ import annotations

from runtime.rotation.settings import RotationSettings
from runtime.rotation.steps import Step

_LABELS = {
    "generated": "this workspace",
    "postgresql": "PostgreSQL",
    "http": "the service",
    "vault_kv": "Vault",
    "vault_database": "Vault's database engine",
    "aws_secrets": "AWS Secrets Manager",
    "azure_key_vault": "Azure Key Vault",
}
_SOURCES = {
    "vault": "Vault",
    "aws_secrets": "AWS Secrets Manager",
    "azure_key_vault": "Azure Key Vault",
    "local": "this workspace",
}


def plan_of(settings: RotationSettings, version: int) -> list[tuple[Step, str]]:
    """The steps in their order, for a credential of which `version` is in force."""
    place, new = settings.rotator, version + 1
    if place is None:
        sources = ", else ".join(_SOURCES[name] for name in settings.refresh_sources)
        made, told = (
            f"A new value from {sources}",
            "Nothing is changed outside: it is valid where it comes from",
        )
    else:
        where = _LABELS[place.kind]
        made, told = f"A new value for {where}", f"It becomes valid in {where}"
        if settings.strategy == "alternating":
            told += ", for the one of two principals that is not in use"
    return [
        (Step.CREATE, f"{made}, kept as version {new}."),
        (Step.SET, f"{told}."),
        (Step.TEST, _tested(settings, new)),
        (Step.FINISH, f"Steps that begin from then on use version {new}."),
        (Step.RETIRE, f"{_ended(settings, version)}, once no step holds it."),
    ]


def _tested(settings: RotationSettings, new: int) -> str:
    if settings.test_request is not None:
        return f"{settings.test_request.method} {settings.test_request.url} has to take version {new}."
    if settings.rotator is not None and settings.rotator.proves_itself:
        return f"Version {new} has to open what it is for."
    return f"Nothing says how to try version {new}: it has to fit the credential's type alone."


def _ended(settings: RotationSettings, version: int) -> str:
    minutes = settings.retire_after / 60
    when = "at once" if minutes < 1 else f"after {minutes:g} min"
    return f"Version {version} is ended {when}"


def made_by(source: str, version: int) -> str:
    """What is told of a value that was made or read."""
    label = _SOURCES.get(source) or _LABELS.get(source) or source
    is_ours = source in ("generated", "postgresql", "local")
    return f"A new value{'' if is_ours else f' from {label}'}, kept as version {version}."
