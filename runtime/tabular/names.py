"""What a dataset may be called: a name that is also a safe file name."""

from __future__ import annotations

import re

from runtime.tabular.errors import TabularError

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 _.-]{0,98}[A-Za-z0-9_-])?")


def check_dataset_name(name: str) -> str:
    """The name itself. Raises `TabularError` when it could not be a dataset's name."""
    if not _NAME.fullmatch(name) or ".." in name:
        raise TabularError(
            f"'{name[:120]}' is no dataset name: use 1 to 100 letters, digits, spaces, dots, dashes or "
            "underscores, with a letter or digit first"
        )
    return name
