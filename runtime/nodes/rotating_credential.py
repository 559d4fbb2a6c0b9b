"""RotatingCredentialNode: renews a credential when it is due."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runtime.engine.errors import NodeError
from runtime.engine.node import Effect, Node, NodeContext, Port
from runtime.rotation.settings import RotationSettings


class RotatingCredentialNode(Node):
    """`result` is `{rotation_status, reason, source, version, expires_at, next_check_at, ...}`.

    `rotation_status` is `success`, `not_due`, `in_progress`, `failed` or `rolled_back`: a rotation that did
    not come about is a value, never an error. On the server the credential is looked at again from then on.
    """

    type = "RotatingCredentialNode"
    label = "Rotate credential"
    category = "govern"
    icon = "key"
    description = (
        "Renews a credential before it expires, tests the new value, and goes back where that fails."
    )
    effect = Effect.EFFECTFUL
    inputs = (Port("input", label="After"),)
    Parameters = RotationSettings

    parameters: RotationSettings

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        from runtime.rotation.performing import rotate  # loads the HTTP library's headers

        desk = getattr(context.services, "rotation", None)
        if desk is None:
            raise NodeError("Nothing keeps credentials here.", code="rotation_unavailable")
        result = await rotate(self.parameters, desk, context.services.http, key=context.idempotency_key)
        context.log("info", f"{result['credential_name']}: {result['rotation_status']}. {result['reason']}")
        return {"result": result}

    def failure_told(self, outputs: Mapping[str, Any]) -> str | None:
        """A rotation that failed is a result, which the run goes on with."""
        result = outputs.get("result")
        is_failed = isinstance(result, Mapping) and result.get("rotation_status") == "failed"
        return "rotation_failed" if is_failed else None
