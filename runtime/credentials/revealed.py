"""A credential as whoever may use it gets it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from runtime.engine.secret import Secret


@dataclass(frozen=True, slots=True)
class Revealed:
    """`fields` are open, `secrets` print as dots."""

    name: str
    type: str
    fields: Mapping[str, str | int]
    secrets: Mapping[str, Secret]
    version: int = 1

    def secret(self, field: str) -> Secret:
        """Raises `KeyError` for a field that this type does not have."""
        return self.secrets[field]

    def texts(self) -> tuple[str, ...]:
        """Every secret text in it that is not empty, for a redactor."""
        return tuple(secret.reveal() for secret in self.secrets.values() if secret.reveal())
