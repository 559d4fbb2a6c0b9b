"""What a node says of itself to those who decide about access: its resource, its classification, its tags.

Which levels there are is known to the tenant alone; here only the shape is judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

ACCESS_KEYS = ("resource", "classification", "tags")
MAX_RESOURCE = 200
MAX_TAGS = 50
MAX_TAG = 100
_LEVEL = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")


def access_complaints(access: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """`(key, what is wrong)` of a node's `access` in a document."""
    yield from _resource(access.get("resource", ""))
    yield from _classification(access.get("classification", ""))
    yield from _tags(access.get("tags", ()))


def _resource(value: object) -> Iterator[tuple[str, str]]:
    if not isinstance(value, str) or len(value) > MAX_RESOURCE or not value.isprintable():
        yield "resource", f"must be a text of at most {MAX_RESOURCE} characters"


def _classification(value: object) -> Iterator[tuple[str, str]]:
    if not isinstance(value, str) or (value and _LEVEL.fullmatch(value) is None):
        yield "classification", "must be the key of a security level, such as internal, or empty"


def _tags(value: object) -> Iterator[tuple[str, str]]:
    if not isinstance(value, list | tuple) or len(value) > MAX_TAGS:
        yield "tags", f"must be a list of at most {MAX_TAGS} tags"
        return
    for place, tag in enumerate(value):
        if not isinstance(tag, str) or not tag.strip() or len(tag) > MAX_TAG or not tag.isprintable():
            yield f"tags.{place}", f"a tag must be a text of 1 to {MAX_TAG} characters"
