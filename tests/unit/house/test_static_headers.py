from __future__ import annotations

import pytest

from designer.static_headers import keep_hashed_files


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("/static/assets/vendor-D7ZUNy2X.js", True),
        ("/static/assets/inter-latin-wght-normal-Dx4kXJAl.woff2", True),
        ("/static/accounts/tokens.css", False),
        ("/static/assets/plain.js", False),
    ],
)
def test_only_files_named_by_their_content_are_kept_for_ever(url: str, kept: bool) -> None:
    headers = {"Cache-Control": "max-age=60, public"}

    keep_hashed_files(headers, "", url)

    assert ("immutable" in headers["Cache-Control"]) is kept
