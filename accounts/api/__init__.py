"""What every REST view stands on: who asks (`authentication`), and whether they may (`AuthorizedView`)."""

from __future__ import annotations

from accounts.api.authentication import SessionAuthentication, TokenAuthentication
from accounts.api.authorized import AuthorizedView

__all__ = ["AuthorizedView", "SessionAuthentication", "TokenAuthentication"]
