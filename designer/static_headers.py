"""How long browsers may keep which static file."""

from __future__ import annotations

import re
from collections.abc import MutableMapping

# The front-end build puts a hash of the content into each name below assets/.
_HASHED = re.compile(r"^/static/assets/.+-[\w-]{8}\.\w+$")


def keep_hashed_files(headers: MutableMapping[str, str], path: str, url: str) -> None:
    """Lets browsers keep a file for ever whose name changes with its content."""
    if _HASHED.match(url):
        headers["Cache-Control"] = "max-age=31536000, public, immutable"
