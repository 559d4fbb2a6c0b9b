"""Answers of the account API for what the services refuse."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rest_framework import exceptions

from accounts.services.refusals import Conflict, Refused


class Conflicting(exceptions.APIException):
    """409 with the code of the conflict."""

    status_code = 409

    def __init__(self, conflict: Conflict) -> None:
        self.default_code = conflict.code
        super().__init__(conflict.message, conflict.code)


@contextmanager
def refusing() -> Iterator[None]:
    """422 that names each place, or 409."""
    try:
        yield
    except Refused as refused:
        details: dict[str, list[exceptions.ErrorDetail]] = {}
        for fault in refused.faults:
            details.setdefault(fault.field, []).append(exceptions.ErrorDetail(fault.message, fault.code))
        raise exceptions.ValidationError(details) from refused
    except Conflict as conflict:
        raise Conflicting(conflict) from conflict
