"""A secret that a rotation has in hand, where others would ask for it by name."""

from __future__ import annotations

from typing import Any

from runtime.credentials.revealed import Revealed
from runtime.engine.errors import NodeError


class InHand:
    """A `runtime.nodes.http_credential.SecretSource` for a proof that has its secret already."""

    async def reveal(self, name: str) -> Revealed:
        raise NodeError("a rotation has the value in hand alone", code="unknown_secret")

    async def newer(self, than: Revealed) -> Revealed | None:
        """Nothing else is to be tried in its place."""
        return None

    async def answered(self, revealed: Revealed, *, is_taken: bool) -> None:
        """The rotation itself says what came of it."""

    def redact(self, value: Any) -> Any:
        """Of an answer nothing but its status is told."""
        return value
