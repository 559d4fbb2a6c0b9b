"""The journal file of `persist=`: what happened in a script's runs, so that the script run again goes on.

JSON lines, one for each event, written as they happen. Imports no framework.
"""

from __future__ import annotations

from runtime.persist.claims import Claim, Persistence
from runtime.persist.errors import JournalError, OutcomeUnknown

__all__ = ["Claim", "JournalError", "OutcomeUnknown", "Persistence"]
