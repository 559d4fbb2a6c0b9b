"""Where a script's nodes find secrets by name: what the script provides, else `DIR/credentials.json`.

The file maps a name to its value, or to an object with a `value` and, if it ends, an `expires_at`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from runtime.credentials.redactor import Redactor
from runtime.credentials.revealed import Revealed
from runtime.engine.errors import NodeError
from runtime.engine.problems import near_match
from runtime.engine.secret import Secret

MAX_FILE_BYTES = 1 << 20


class Secrets:
    """Finds secrets by name, and takes those that were asked for out of what is shown."""

    def __init__(self, find: Callable[[str], Any], names: Callable[[], list[str]] = list) -> None:
        self._find = find
        self._names = names
        self._redactor = Redactor()

    def get(self, name: str) -> Secret:
        """Raises `NodeError`: `unknown_secret`, `expired_secret` or `secret_unavailable`."""
        try:
            found = self._find(name)
        except NodeError:
            raise
        except KeyError:
            found = None
        except Exception as error:  # foreign code; its message may hold what it looked up
            raise NodeError(
                f"the secret {name!r} could not be read: the provider raised {type(error).__name__}",
                code="secret_unavailable",
            ) from None
        secret = _secret(name, found)
        if secret is None:
            hint = near_match(name, self._names())
            message = f"there is no secret {name!r}" + (f". {hint}" if hint else "")
            raise NodeError(message, code="unknown_secret")
        self._redactor.learn(secret.reveal())
        return secret

    async def reveal(self, name: str) -> Revealed:
        """The secret as a credential of the type `secret`. Raises as `get`."""
        # A provider may ask a remote store; nothing else should wait for it.
        return Revealed(name, "secret", {}, {"value": await asyncio.to_thread(self.get, name)})

    async def newer(self, than: Revealed) -> Revealed | None:
        """The value as it is now, where it is another one than this. Raises as `get`."""
        found = await self.reveal(than.name)
        return None if found.secret("value").reveal() == than.secret("value").reveal() else found

    async def answered(self, revealed: Revealed, *, is_taken: bool) -> None:
        """Nobody here keeps what the other side made of it."""

    def learn(self, *texts: str) -> None:
        """These are taken out of what is shown, too."""
        self._redactor.learn(*texts)

    def redact(self, value: Any) -> Any:
        """`value` with dots for every secret that was asked for, at any depth of lists and objects."""
        return self._redactor.value(value)


def script_secrets(provider: Any, workspace: Path | None) -> Secrets:
    """The secrets of a runtime: from its `secret_provider`, else from the workspace."""
    if provider is None:
        return _from_workspace(workspace)
    if isinstance(provider, Mapping):
        return Secrets(provider.get, lambda: [str(name) for name in provider])
    return Secrets(provider.get if callable(getattr(provider, "get", None)) else provider)


def _from_workspace(workspace: Path | None) -> Secrets:
    if workspace is None:
        return Secrets(_nowhere)
    path = workspace / "credentials.json"

    def find(name: str) -> Any:
        stated = read_credentials(path).get(name)
        return stated if stated is None else _rotated(workspace, name, stated)

    return Secrets(find, lambda: list(read_credentials(path)))


def _rotated(workspace: Path, name: str, stated: Any) -> Any:
    """What a rotation put in the entry's place, if one did."""
    from runtime.rotation.state import STATE, in_force, read_state

    if not (workspace / STATE).exists():
        return stated
    return in_force(read_state(workspace), name, stated) or stated


def _nowhere(name: str) -> Any:
    raise NodeError(
        f"there is no secret {name!r}, because this script has neither a secret_provider nor a "
        "workspace with a credentials.json",
        code="unknown_secret",
    )


def read_credentials(path: Path) -> Mapping[str, Any]:
    """The file's entries; none without the file. Read each time, so that a rotated value is found."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise _unavailable(f"{path} is larger than {MAX_FILE_BYTES} bytes")
        entries = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise _unavailable(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):  # their text would quote the file
        raise _unavailable(f"{path} is not JSON in UTF-8") from None
    if not isinstance(entries, Mapping):
        raise _unavailable(f"{path} must hold an object: name -> value")
    return entries


def _secret(name: str, found: Any) -> Secret | None:
    if isinstance(found, Mapping):
        _refuse_expired(name, found.get("expires_at"))
        found = found.get("value")
    if found is None or isinstance(found, Secret):
        return found
    if not isinstance(found, str):
        raise _unavailable(f"the secret {name!r} is not a text but {type(found).__name__}")
    return Secret(found)


def _refuse_expired(name: str, expires_at: Any) -> None:
    if expires_at is None:
        return
    try:
        moment = datetime.fromisoformat(expires_at)
    except (TypeError, ValueError):
        raise _unavailable(f"the secret {name!r} has an expires_at that is not an ISO 8601 time") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    if moment <= datetime.now(UTC):
        raise NodeError(f"the secret {name!r} expired on {moment:%Y-%m-%d}: renew it", code="expired_secret")


def _unavailable(message: str) -> NodeError:
    return NodeError(message, code="secret_unavailable")
