"""The journal files that this process holds open: runtimes that name the same file share it."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from runtime.persist.file import JournalFile

_lock = threading.Lock()
_open: dict[Path, tuple[JournalFile, int]] = {}
_owner = os.getpid()


def acquire(path: Path) -> JournalFile:
    """The open file; `release` it once for each call. Raises `JournalError`."""
    global _owner
    place = path.resolve()
    with _lock:
        if _owner != os.getpid():
            # A forked copy must not write between its parent's lines; it is refused by the lock instead.
            _open.clear()
            _owner = os.getpid()
        file, users = _open.get(place, (None, 0))
        if file is None:
            file = JournalFile(path)
        _open[place] = (file, users + 1)
        return file


def release(file: JournalFile) -> None:
    """The last user's release closes the file."""
    with _lock:
        for place, (known, users) in list(_open.items()):
            if known is file:
                if users > 1:
                    _open[place] = (known, users - 1)
                    return
                del _open[place]
                file.close()
