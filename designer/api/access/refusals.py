"""Answers for changes of access that the services refuse."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from accounts.services.policy_cases import CasesFail
from accounts.services.policy_gates import DraftChanged, RevisionChanged
from accounts.services.refusals import Conflict, Refused
from designer.api.access.policy_items import draft_body
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
    except DraftChanged as changed:
        raise ApiProblem(409, changed.code, changed.message, extra=_as_it_is(changed)) from changed
    except CasesFail as failing:
        names = [{"name": result.case.name, "reason": result.decision.reason} for result in failing.failed]
        raise ApiProblem(409, failing.code, failing.message, extra={"failed": names}) from failing
    except Conflict as conflict:
        raise ApiProblem(409, conflict.code, conflict.message) from conflict


def _as_it_is(changed: DraftChanged) -> dict[str, Any]:
    """The draft that is there by now, for who has to choose between it and theirs."""
    draft = draft_body(changed.policy)
    return {
        "draft": None if draft is None else draft.model_dump(mode="json"),
        "draft_version": changed.policy.draft_version,
        "revision": changed.policy.revision,
    }


def _below(prefix: str, field: str) -> str:
    return f"{prefix}.{field}" if prefix and field else prefix or field
