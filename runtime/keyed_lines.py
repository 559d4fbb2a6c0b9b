"""Records of a workspace as JSON lines, each under a key that is there once; processes may share the file."""

from __future__ import annotations

import fcntl
import json
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runtime.engine.errors import NodeError


class KeyedLines:
    """Appends a record once for each key. Readable by its owner only."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._read_to = 0
        self._lines = 0
        self._by_key: dict[str, dict[str, Any]] = {}

    def add(self, entry: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
        """The record with the entry's `key`, and whether it is new. Raises `NodeError`."""
        with self._lock:
            return self._locked(entry)

    def find(self, key: str) -> dict[str, Any] | None:
        """The record with this key. Raises `NodeError`."""
        with self._lock:
            if self._path.exists():
                self._locked(None)
            return self._by_key.get(key)

    def _locked(self, entry: Mapping[str, Any] | None) -> tuple[dict[str, Any], bool]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            with open(descriptor, "r+b", buffering=0) as handle:
                fcntl.flock(handle, fcntl.LOCK_EX)
                self._catch_up(handle)
                return ({}, False) if entry is None else self._add(handle, entry)
        except OSError as error:
            raise _unusable(self._path, f"it cannot be written: {error.strerror}") from error

    def _add(self, handle: Any, entry: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
        key = str(entry["key"])
        if key in self._by_key:
            return self._by_key[key], False
        handle.write(json.dumps(entry, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n")
        os.fsync(handle.fileno())
        self._catch_up(handle)
        return self._by_key[key], True

    def _catch_up(self, handle: Any) -> None:
        """Reads what is new, and cuts off a last line that a crash tore."""
        handle.seek(self._read_to)
        content = handle.read()
        whole, _, rest = content.rpartition(b"\n")
        for line in whole.split(b"\n") if whole else ():
            self._lines += 1
            self._take(line)
        self._read_to += len(content) - len(rest)
        if rest:
            handle.truncate(self._read_to)

    def _take(self, line: bytes) -> None:
        try:
            entry = json.loads(line)
            self._by_key[entry["key"]] = entry
        except (ValueError, TypeError, KeyError):
            raise _unusable(self._path, f"line {self._lines} is no record; move the file away") from None


def _unusable(path: Path, why: str) -> NodeError:
    return NodeError(f"{path} cannot be used: {why}", code="state_unusable")
