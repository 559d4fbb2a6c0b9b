"""A limit of calls within any minute, counted by spans of five seconds."""

from __future__ import annotations

from collections.abc import Mapping

SPAN_S = 5
# A minute touches so many spans: never more calls than the limit come within any 60 seconds.
SPANS = 60 // SPAN_S + 1


def span_at(seconds: float) -> int:
    """The number of the span that this moment, in seconds since 1970, is in."""
    return int(seconds // SPAN_S)


def opens_at(calls: Mapping[int, int], limit: int) -> float:
    """When one more call fits under the limit, in seconds since 1970. `calls` are `{span: how many}`."""
    left = sum(calls.values())
    for span in sorted(calls):
        left -= calls[span]
        if left < limit:
            return float((span + SPANS) * SPAN_S)
    raise ValueError("a limit of no calls at all")
