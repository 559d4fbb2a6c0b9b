"""Foreign JSON, narrowed: what is not of the expected kind counts as absent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from runtime.llm.messages import Usage, malformed

NOTHING: Mapping[str, Any] = {}


def parse(text: str | bytes) -> Any:
    """JSON as the standard has it. Raises `ModelError` (`malformed_answer`)."""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):  # their text would quote the answer
        raise malformed("it is not JSON") from None


def object_in(value: Any, key: str) -> Mapping[str, Any]:
    found = value.get(key) if isinstance(value, Mapping) else None
    return found if isinstance(found, Mapping) else NOTHING


def list_in(value: Any, key: str) -> list[Any]:
    found = value.get(key) if isinstance(value, Mapping) else None
    return found if isinstance(found, list) else []


def text_in(value: Any, key: str) -> str | None:
    found = value.get(key) if isinstance(value, Mapping) else None
    return found if isinstance(found, str) else None


def count_in(value: Any, key: str) -> int | None:
    """A number of tokens; None for what is none."""
    found = value.get(key) if isinstance(value, Mapping) else None
    is_count = isinstance(found, int) and not isinstance(found, bool) and 0 <= found < 2**53
    return found if is_count else None


def usage_of(input_tokens: int | None, output_tokens: int | None) -> Usage | None:
    """Usage is known when both counts are."""
    return None if input_tokens is None or output_tokens is None else Usage(input_tokens, output_tokens)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
