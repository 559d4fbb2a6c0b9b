"""Which writes a dataset's file has taken: what makes repeating one harmless."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from pathlib import Path

_KEPT_KEYS = 1000


class WriteJournal:
    """Remembers which idempotency keys a dataset has taken, also across a crash between two steps.

    The intent holds the digest of what will stand in the file: after a crash the file itself tells
    whether the write took place.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._done: list[str] = []
        self._intent: dict[str, str] = {}
        with contextlib.suppress(FileNotFoundError, ValueError, KeyError, TypeError):
            kept = json.loads(path.read_text("utf-8"))
            self._done, self._intent = list(kept["done"]), dict(kept["intent"])

    def is_done(self, key: str, file: Path) -> bool:
        """True when `file` already holds, or once held, what `key` wrote."""
        if key in self._done:
            return True
        return self._intent.get("key") == key and self._intent.get("digest") == _digest(file)

    def intend(self, key: str, draft: Path) -> None:
        """Notes, durably, that the draft is about to become the file."""
        self._intent = {"key": key, "digest": _digest(draft)}
        self._save()

    def finish(self, key: str) -> None:
        """Notes that it did."""
        self._done = [*self._done, key][-_KEPT_KEYS:]
        self._intent = {}
        self._save()

    def _save(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".draft")
        draft.write_text(json.dumps({"done": self._done, "intent": self._intent}), "utf-8")
        replace_durably(draft, self._path)


def replace_durably(draft: Path, target: Path) -> None:
    """Puts the draft, flushed to disk, in the target's place."""
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    draft.replace(target)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
