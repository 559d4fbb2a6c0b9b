"""Answers for changes of access that the services refuse."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from accounts.services.policy_gates import RevisionChanged
from accounts.services.policy_cases import CasesFail
from accounts.services.refusals import Conflict, Refused
from runtime.api.errors import ApiProblem, invalid


@contextmanager
def refusing(prefix: str = "") -> Iterator[None]:
    """422 that names each place below `prefix`, or 409 with the code of the conflict."""
    try:
        yield
    except Refused as refused:
        raise invalid(
            [
                {"field": _below(prefix, fault.field), "message": fault.message, "code": fault.code}
                for fault in refused.faults
            ]
        ) from refused
    except RevisionChanged as changed:
        raise ApiProblem(409, changed.code, changed.message, extra={"revision": changed.current}) from changed
    except CasesFail as failing:
        names = [{"name": result.case.name, "reason": result.decision.reason} for result in failing.failed]
        raise ApiProblem(409, failing.code, failing.message, extra={"failed": names}) from failing
    except Conflict as conflict:
        raise ApiProblem(409, conflict.code, conflict.message) from conflict


def _below(prefix: str, field: str) -> str:
    return f"{prefix}.{field}" if prefix and field else prefix or field
