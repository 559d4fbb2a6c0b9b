"""What rotation keeps in a script's workspace, beside the `credentials.json` that its author writes.

That file stays as it is. A value that was rotated stands before its entry as long as the entry that it
replaced is there unchanged: who writes a newer one by hand is heard.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

STATE = Path("state") / "credentials.json"


def read_state(folder: Path) -> dict[str, Any]:
    """`{"in_force": {name: entry}, "seen": {name: moment}}`. Raises `NodeError`."""
    from runtime.secret_sources import read_credentials

    return dict(read_credentials(folder / STATE))


def in_force(state: Mapping[str, Any], name: str, stated: Any) -> Mapping[str, Any] | None:
    """The rotated entry that stands before `stated`, if one does."""
    kept = state.get("in_force")
    entry = kept.get(name) if isinstance(kept, Mapping) else None
    if not isinstance(entry, Mapping) or not isinstance(entry.get("salt"), str):
        return None
    return entry if entry.get("instead_of") == mark_of(stated, entry["salt"]) else None


def mark_of(stated: Any, salt: str) -> str:
    """Tells one entry from another without holding it."""
    return hashlib.sha256(f"{salt}\0{json.dumps(stated, sort_keys=True)}".encode()).hexdigest()
