"""What can be wrong with a journal, and the one thing that only a person can know."""

from __future__ import annotations

from runtime.engine.errors import RunFailed, WorkflowError


class JournalError(WorkflowError):
    """The journal cannot be used: `journal_in_use`, `journal_corrupt`, `journal_unusable`."""

    code = "journal_unusable"


class OutcomeUnknown(RunFailed):
    """A run died while a step ran that may run at most once; `errors` names the steps."""

    code = "outcome_unknown"
