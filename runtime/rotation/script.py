"""Rotation in scripts: new values go to `state/credentials.json` of the workspace (see `state`)."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import NAMESPACE_URL, uuid5

from runtime.auditing import AuditFile
from runtime.credentials.forms_of_secrets import SHORTEST_SECRET
from runtime.credentials.revealed import Revealed
from runtime.engine.errors import NodeError, WorkflowError
from runtime.engine.secret import Secret
from runtime.keyed_lines import KeyedLines
from runtime.rotation.protocols import Attempt, Held, RotationRefused
from runtime.rotation.rotators import Connect, Created, Rotator
from runtime.rotation.settings import RotationSettings
from runtime.rotation.sources import read_moment
from runtime.rotation.state import STATE, in_force, mark_of, read_state
from runtime.rotation.steps import Step
from runtime.rotation.store_settings import StoreKind
from runtime.services_protocol import HttpClient
from runtime.stores.script import script_opener

TELL_TIMEOUT_S = 10.0


class Learning(Protocol):
    """Secrets of the script: takes what it learns out of what is shown."""

    def learn(self, *secrets: str) -> None: ...


class ScriptRotations:
    """`runtime.rotation.protocols.RotationDesk` of a run. Without a workspace nothing can be rotated."""

    def __init__(
        self, workspace: Path | None, *, provided: bool, secrets: Learning, http: HttpClient, user: Any
    ) -> None:
        """`provided`: the script's secrets come from a `secret_provider`, which cannot be written."""
        self._workspace = workspace
        self._provided = provided
        self._secrets = secrets
        self._http = http
        self._user = user

    # --- the steps ------------------------------------------------------------------------------------------

    async def recall(self, key: str) -> Mapping[str, Any] | None:
        if self._workspace is None or self._provided:
            return None
        found = await asyncio.to_thread(self._lines().find, key)
        return None if found is None else found["result"]

    async def look(self, name: str) -> Held:
        return await asyncio.to_thread(self._look, name)

    @property
    def connect(self) -> Connect | None:
        return None

    async def settled(self, settings: RotationSettings) -> RotationSettings:
        return settings

    async def begin(self, held: Held, key: str, settings: RotationSettings) -> Attempt | None:
        lock = await asyncio.to_thread(self._lock)
        if lock is None:
            return None
        try:
            return await asyncio.to_thread(self._begun, held, key, lock)
        except BaseException:
            os.close(lock)
            raise

    async def reveal(self, name: str) -> Revealed:
        return await asyncio.to_thread(self._reveal, name)

    async def opener(self, kind: StoreKind, name: str) -> Revealed | None:
        return await asyncio.to_thread(self._opener, kind, name)

    def watched(self, rotator: Rotator) -> Rotator:
        return rotator

    async def complaint(self, attempt: Attempt, source: str, secrets: Mapping[str, Secret]) -> str | None:
        texts = [secret.reveal() for secret in secrets.values()]
        self._secrets.learn(*texts)
        if all(len(text.strip()) >= SHORTEST_SECRET for text in texts):
            return None
        return f"What {source} gives is too short: a secret has at least {SHORTEST_SECRET} characters."

    async def propose(self, attempt: Attempt, created: Created) -> Revealed:
        """Written before anything outside learns of it: a value must not be lost that is valid there."""
        if complaint := await self.complaint(attempt, created.source, created.secrets):
            raise RotationRefused(complaint, "invalid_value")
        [value] = created.secrets.values()
        pending = {
            "id": attempt.id,
            "from_version": attempt.held.version,
            "value": value.reveal(),
            "expires_at": None if created.expires_at is None else created.expires_at.isoformat(),
            "source": created.source,
            "reference": created.reference,
            "reached": Step.CREATE.value,
        }
        await asyncio.to_thread(self._write_pending, attempt.held.name, pending)
        return self._revealed(attempt.held.name, value, attempt.held.version + 1)

    async def reach(self, attempt: Attempt, step: Step, note: str) -> None:
        await asyncio.to_thread(self._reach, attempt.held.name, step)

    async def put_in_force(self, attempt: Attempt) -> None:
        await asyncio.to_thread(self._put_in_force, attempt)
        attempt.is_in_force = True

    async def withdraw(self, attempt: Attempt, reason: str) -> None:
        if attempt.is_in_force:
            await asyncio.to_thread(self._restore, attempt)
        attempt.is_in_force = False

    async def retires_later(self, attempt: Attempt) -> bool:
        """A script ends, and nothing else uses what it holds: the former value is ended at once."""
        return False

    async def end(self, attempt: Attempt, settings: RotationSettings, result: Mapping[str, Any]) -> None:
        if result["rotation_status"] == "not_due":
            return
        await asyncio.to_thread(self._write_pending, attempt.held.name, None)
        entry = {"key": attempt.handle["key"], "at": result["checked_at"], "result": dict(result)}
        await asyncio.to_thread(self._lines().add, entry)
        await asyncio.to_thread(self._audit, "credential.rotate", result)
        await self._tell(settings, result)

    def let_go(self, attempt: Attempt) -> None:
        os.close(attempt.handle["lock"])

    async def note(self, settings: RotationSettings, result: Mapping[str, Any]) -> datetime | None:
        """A script ends, so nothing looks again: None."""
        was_tried = result["rotation_status"] in ("success", "rolled_back", "failed") and result["version"]
        if settings.audit_log_enabled and not was_tried and self._workspace is not None:
            await asyncio.to_thread(self._audit, "credential.check_rotation", result)
        return None

    # --- the files ------------------------------------------------------------------------------------------

    def _look(self, name: str) -> Held:
        folder, stated = self._folder(), self._stated().get(name)
        if stated is None:
            known = ", ".join(sorted(map(str, self._stated()))[:10])
            message = (
                f"There is no credential {name!r} in {folder / 'credentials.json'}; it has {known or 'none'}."
            )
            raise RotationRefused(message, "unknown_credential")
        state = read_state(folder)
        kept = in_force(state, name, stated)
        entry = stated if kept is None else kept
        value = entry.get("value") if isinstance(entry, Mapping) else entry
        if not isinstance(value, str):
            raise RotationRefused(f"The credential {name!r} has no text as its value.", "secret_unavailable")
        self._secrets.learn(value)
        facts = entry if isinstance(entry, Mapping) else {}
        if facts.get("expires_at") is not None and read_moment(facts["expires_at"]) is None:
            message = f"The credential {name!r} has an expires_at that is no ISO 8601 time."
            raise RotationRefused(message, "secret_unavailable")
        since = read_moment(facts.get("rotated_at")) or self._seen(state, name)
        revealed = self._revealed(name, Secret(value), int(facts.get("version") or 1))
        return Held(revealed, since, read_moment(facts.get("expires_at")))

    def _revealed(self, name: str, value: Secret, version: int) -> Revealed:
        return Revealed(name, "secret", {}, {"value": value}, version)

    def _reveal(self, name: str) -> Revealed:
        return self._look(name).revealed

    def _begun(self, held: Held, key: str, lock: int) -> Attempt:
        """A new attempt, or the one that was interrupted with a value that may be valid outside."""
        pending = read_state(self._folder()).get("pending", {}).get(held.name)
        handle = {"lock": lock, "key": key}
        if not isinstance(pending, Mapping) or pending.get("from_version") != held.version:
            return Attempt(str(uuid5(NAMESPACE_URL, key)), held, handle=handle)
        value = Secret(str(pending["value"]))
        self._secrets.learn(value.reveal())
        return Attempt(
            str(pending["id"]),
            held,
            new=self._revealed(held.name, value, held.version + 1),
            expires_at=read_moment(pending["expires_at"]),
            source=pending["source"],
            reference=pending["reference"],
            reached=Step(pending["reached"]),
            handle=handle,
        )

    def _write_pending(self, name: str, pending: Mapping[str, Any] | None) -> None:
        state = read_state(self._folder())
        kept = state.setdefault("pending", {})
        if pending is None:
            if kept.pop(name, None) is None:
                return
        else:
            kept[name] = dict(pending)
        self._write(state)

    def _reach(self, name: str, step: Step) -> None:
        """Only while it is not in force: what is in force is reached."""
        state = read_state(self._folder())
        pending = state.get("pending", {}).get(name)
        if pending is not None:
            pending["reached"] = step.value
            self._write(state)

    def _seen(self, state: dict[str, Any], name: str) -> datetime:
        """Since when it is known here: a schedule counts from then."""
        seen = read_moment(state.get("seen", {}).get(name))
        if seen is not None:
            return seen
        now = datetime.now(UTC)
        state.setdefault("seen", {})[name] = now.isoformat()
        self._write(state)
        return now

    def _put_in_force(self, attempt: Attempt) -> None:
        held, new = attempt.held, attempt.new
        assert new is not None  # noqa: S101
        state, stated = read_state(self._folder()), self._stated().get(held.name)
        attempt.handle["before"] = state.get("in_force", {}).get(held.name)
        salt = secrets.token_hex(16)
        state.setdefault("in_force", {})[held.name] = {
            "value": new.secret("value").reveal(),
            "expires_at": None if attempt.expires_at is None else attempt.expires_at.isoformat(),
            "rotated_at": datetime.now(UTC).isoformat(),
            "version": held.version + 1,
            "salt": salt,
            "instead_of": mark_of(stated, salt),
        }
        self._write(state)

    def _restore(self, attempt: Attempt) -> None:
        state, before = read_state(self._folder()), attempt.handle["before"]
        kept = state.setdefault("in_force", {})
        if before is None:
            kept.pop(attempt.held.name, None)
        else:
            kept[attempt.held.name] = before
        self._write(state)

    def _write(self, state: Mapping[str, Any]) -> None:
        path = self._folder() / STATE
        draft = path.with_suffix(f".{secrets.token_hex(8)}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(
                os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
            ) as file:
                json.dump(state, file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, path)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise _unusable(path, error) from error

    def _lock(self) -> int | None:
        """Held by one process at a time; it goes with the process."""
        path = self._folder() / "state" / "rotation.lock"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise _unusable(path, error) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        return handle

    def _opener(self, kind: StoreKind, name: str) -> Revealed | None:
        """An entry of the workspace, else what the environment of the script says."""
        found = script_opener(kind, name, self._stated().get(name))
        if found is not None:
            self._secrets.learn(*found.texts())
        return found

    # --- inside ---------------------------------------------------------------------------------------------

    def _folder(self) -> Path:
        if self._workspace is None or self._provided:
            why = (
                "its secrets come from a secret_provider, which cannot be written"
                if self._provided
                else "it has no workspace with a credentials.json"
            )
            raise RotationRefused(f"This script cannot rotate a credential: {why}.", "nothing_to_rotate")
        return self._workspace

    def _stated(self) -> Mapping[str, Any]:
        from runtime.secret_sources import read_credentials

        try:
            return read_credentials(self._folder() / "credentials.json")
        except NodeError as error:
            raise RotationRefused(error.message, error.code) from None

    def _lines(self) -> KeyedLines:
        return KeyedLines(self._folder() / "state" / "rotations.jsonl")

    def _audit(self, action: str, result: Mapping[str, Any]) -> None:
        assert self._workspace is not None  # noqa: S101
        told = ("credential_name", "rotation_status", "source", "version", "reason")
        entry = {
            "at": result["checked_at"],
            "user_id": None if self._user is None else self._user.user_id,
            "action": action,
            **{name: result[name] for name in told},
        }
        try:
            AuditFile(self._workspace / "state" / "audit.jsonl").append(entry)
        except WorkflowError as error:
            raise NodeError(error.message, code=error.code) from error

    async def _tell(self, settings: RotationSettings, result: Mapping[str, Any]) -> None:
        """Once, at once: a script has no outbox. What is not taken is a line of the audit."""
        told = ("rotation_status", "reason", "version", "source", "expires_at")
        facts = {
            "on": "credential_rotated",
            "credential": {"name": result["credential_name"]},
            "rotation": {name: result[name] for name in told},
        }
        body = json.dumps(facts).encode()
        for url in settings.notification_webhooks:
            complaint = await self._post(url, body)
            if complaint:
                missed = {**result, "reason": f"{url} was not told: {complaint}"}
                await asyncio.to_thread(self._audit, "credential.not_told", missed)
        for email in settings.notification_emails:
            missed = {**result, "reason": f"{email} was not told: a script sends no e-mail"}
            await asyncio.to_thread(self._audit, "credential.not_told", missed)

    async def _post(self, url: str, body: bytes) -> str:
        try:
            answer = await self._http.request(
                "POST",
                url,
                headers={"Content-Type": "application/json"},
                body=body,
                timeout_s=TELL_TIMEOUT_S,
                max_bytes=1 << 16,
                follow_redirects=False,
            )
        except NodeError as error:
            return error.message
        return "" if answer.status < 300 else f"it answered with status {answer.status}"


def _unusable(path: Path, error: OSError) -> NodeError:
    return NodeError(f"{path} cannot be used: {error.strerror}", code="state_unusable")
