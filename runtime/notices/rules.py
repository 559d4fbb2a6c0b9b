"""Whether a message can go to an address at all, told before anything is stored."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from runtime.engine.errors import NodeError

if TYPE_CHECKING:
    from runtime.net.egress import EgressPolicy

APPROVERS = "approvers"
"""In the place of an e-mail address: all who may answer the question."""

MAX_EMAIL = 254
_EMAIL = re.compile(r"[^@\s<>,;:\"()\[\]\\]+@[^@\s<>,;:\"()\[\]\\]+")


def email_complaint(address: str) -> str | None:
    """Why this is no e-mail address, or None."""
    is_plain = address.isascii() and address.isprintable() and len(address) <= MAX_EMAIL
    if is_plain and _EMAIL.fullmatch(address):
        return None
    return "write one e-mail address, such as ops@example.com"


def shown_address(channel: str, address: str) -> str:
    """An address without whom it names, and without what a URL may hold as a secret."""
    if channel == "email":
        return f"…@{address.rpartition('@')[2]}"
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/…"


def webhook_complaint(address: str, egress: EgressPolicy) -> str | None:
    """Why nothing can be sent to this URL, or None. A name is looked up only when it is sent."""
    from runtime.net.client import read_url
    from runtime.net.redirects import origin_of

    try:
        url = read_url(address)
        _, host, port = origin_of(url)
        egress.check_target(host, port)
    except NodeError as error:
        return error.message
    return None
