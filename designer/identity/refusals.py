"""Why a sign-in by a provider did not come about."""

from __future__ import annotations


class SignInRefused(Exception):
    """`message` is for the person, `code` is stable, `log` says more to the operator. Never a token."""

    def __init__(self, code: str, message: str, log: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.log = log or message
