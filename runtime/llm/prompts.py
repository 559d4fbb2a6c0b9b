"""`{name}` in prompts: names only, one pass. `{{name}}` stands for `{name}`; other braces are plain text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

_NAME: Final = re.compile(r"\{\{([A-Za-z_]\w*)\}\}|\{([A-Za-z_]\w*)\}", re.ASCII)


class MissingName(KeyError):
    """A `{name}` for which there is no value."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def prompt_names(*prompts: str) -> list[str]:
    """The names that the prompts read, each once, in the order of their first use."""
    found = (match.group(2) for prompt in prompts for match in _NAME.finditer(prompt))
    return list(dict.fromkeys(name for name in found if name is not None))


def fill(prompt: str, values: Mapping[str, Any]) -> str:
    """The prompt with its names replaced; what a value brings in is not looked at again.

    Texts come as they are, everything else as JSON. Raises `MissingName`.
    """
    return _NAME.sub(lambda match: _replacement(match, values), prompt)


def _replacement(match: re.Match[str], values: Mapping[str, Any]) -> str:
    if match.group(1) is not None:
        return f"{{{match.group(1)}}}"
    name = match.group(2)
    if name not in values:
        raise MissingName(name)
    value = values[name]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
