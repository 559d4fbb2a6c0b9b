"""Evidence of scripts: what the workspace's `state/` and `credentials.json` hold."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from runtime.engine.errors import NodeError
from runtime.reports.evidence import SAMPLES, DayOfViews, Evidence, Fact, HourOfAccess, Sample


class ScriptEvidence:
    """`runtime.reports.evidence.EvidenceDesk` of a workspace; without one nothing is kept."""

    def __init__(self, workspace: Path | None) -> None:
        self._workspace = workspace

    async def evidence(self, since: datetime, until: datetime) -> Evidence:
        return await asyncio.to_thread(self._evidence, since, until)

    async def accesses(self, since: datetime, until: datetime) -> Sequence[HourOfAccess]:
        return await asyncio.to_thread(self._accesses, since, until)

    async def views(self, since: datetime, until: datetime) -> Sequence[DayOfViews]:
        """Who looks at results of scripts is not known."""
        return ()

    def _evidence(self, since: datetime, until: datetime) -> Evidence:
        if self._workspace is None:
            return Evidence(since, until)
        entries = sum(1 for _ in self._lines("audit.jsonl", since, until))
        credentials, expired, unknown = self._credentials(until)
        current = {"credentials": credentials, "expired": expired, "without_expiry": unknown}
        facts = {
            "audit_kept": Fact({"entries": entries}),
            "audit_sealed": Fact({"due": entries}),
            "processing_recorded": self._recorded(since, until),
            "credentials_current": Fact(current),
        }
        return Evidence(since, until, facts)

    def _recorded(self, since: datetime, until: datetime) -> Fact:
        counts: Counter[str] = Counter(records=0)
        samples: list[Sample] = []
        for entry in self._lines("lineage.jsonl", since, until):
            counts.update(["records", *map(str, entry.get("compliance_frameworks", ()))])
            samples = [*samples, Sample("lineage", str(entry.get("tracking_id")))][-SAMPLES:]
        return Fact(counts, samples)

    def _credentials(self, now: datetime) -> tuple[int, int, int]:
        from runtime.rotation.sources import read_moment
        from runtime.rotation.state import in_force, read_state
        from runtime.secret_sources import read_credentials

        assert self._workspace is not None  # noqa: S101
        stated, state = read_credentials(self._workspace / "credentials.json"), read_state(self._workspace)
        entries = [in_force(state, name, entry) or entry for name, entry in stated.items()]
        moments = [
            read_moment(entry.get("expires_at")) if isinstance(entry, Mapping) else None for entry in entries
        ]
        expired = sum(1 for moment in moments if moment is not None and moment <= now)
        return len(entries), expired, sum(1 for moment in moments if moment is None)

    def _accesses(self, since: datetime, until: datetime) -> list[HourOfAccess]:
        counts: dict[tuple[str, datetime], list[int]] = {}
        for entry in self._lines("audit.jsonl", since, until):
            user = str(entry.get("user_id") or "nobody")
            hour = _moment(entry).replace(minute=0, second=0, microsecond=0)
            found = counts.setdefault((user, hour), [0, 0])
            found[0] += 1
            found[1] += entry.get("decision") == "deny"
        return [HourOfAccess(user, at, count, denied) for (user, at), (count, denied) in counts.items()]

    def _lines(self, name: str, since: datetime, until: datetime) -> Iterator[dict[str, Any]]:
        """The entries of the period. A last line that a crash tore is left out."""
        if self._workspace is None:
            return
        path = self._workspace / "state" / name
        try:
            with path.open(encoding="utf-8") as lines:
                for number, line in enumerate(lines, 1):
                    entry = _read(path, number, line)
                    if entry is not None and since <= _moment(entry) < until:
                        yield entry
        except FileNotFoundError:
            return
        except (OSError, UnicodeDecodeError) as error:
            raise _unreadable(path, str(error)) from error


def _read(path: Path, number: int, line: str) -> dict[str, Any] | None:
    if not line.endswith("\n"):
        return None
    try:
        entry = json.loads(line)
        _moment(entry)
    except (ValueError, TypeError, KeyError, RecursionError):
        raise _unreadable(path, f"line {number} is no entry") from None
    return entry if isinstance(entry, dict) else None


def _moment(entry: Any) -> datetime:
    moment = datetime.fromisoformat(entry["at"])
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _unreadable(path: Path, why: str) -> NodeError:
    return NodeError(f"{path} cannot be read: {why}", code="state_unusable")
