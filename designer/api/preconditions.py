"""`ETag` and `If-Match` of drafts: nobody overwrites what they have not seen."""

from __future__ import annotations

import re

from rest_framework.request import Request

from runtime.api.errors import ApiProblem

_REVISION = re.compile(r'(?:W/)?"?(\d{1,9})"?')


def etag(revision: int) -> str:
    """The ETag of a draft's revision."""
    return f'"{revision}"'


def expected_revision(request: Request) -> int:
    """The revision in `If-Match`. Raises `ApiProblem` 428 without one, and 400 for what is no revision."""
    header = request.headers.get("If-Match")
    if header is None:
        raise ApiProblem(
            428,
            "if_match_required",
            'Send the ETag of the draft that you edited as If-Match, such as `If-Match: "3"`.',
        )
    match = _REVISION.fullmatch(header.strip())
    if match is None:
        raise ApiProblem(400, "bad_if_match", 'If-Match must be the ETag of a draft, such as `"3"`.')
    return int(match.group(1))
