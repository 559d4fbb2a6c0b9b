"""The ids of traces and spans, each a hash of what it stands for.

Hashes, because samplers take the lower half of a trace id for a random number, which that of a UUID is not.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

RUN: Final = ""
"""Stands for the run itself where a node's path is asked for."""


def trace_id_of(run_id: str) -> int:
    return _number(16, b"trace", run_id)


def span_id_of(run_id: str, path: str, attempt: int) -> int:
    """Of one attempt of the node at this path, or of the run itself (`RUN`, 0)."""
    return _number(8, b"span", f"{run_id}/{path}/{attempt}")


def trace_text(run_id: str) -> str:
    """As collectors show it."""
    return f"{trace_id_of(run_id):032x}"


def span_text(run_id: str, path: str, attempt: int) -> str:
    return f"{span_id_of(run_id, path, attempt):016x}"


def traceparent(run_id: str, path: str, attempt: int, *, is_sampled: bool) -> str:
    """The header that hands the trace on (W3C Trace Context 1, section 3.2)."""
    return f"00-{trace_text(run_id)}-{span_text(run_id, path, attempt)}-{'01' if is_sampled else '00'}"


def _number(size: int, kind: bytes, text: str) -> int:
    # Zero is no valid id.
    return int.from_bytes(blake2b(text.encode(), digest_size=size, person=kind).digest(), "big") or 1
