"""What must hold whatever was killed: tests ask for all of it, for every run that they made.

1. A node's path completes at most once, and no node of an ended run is open.
2. `seq` of events and `pos` of log lines are dense from 1, and the run's row knows the last of them.
3. The fold of all events, what readers fold from a part of them, the run's row and the API say the same.
4. Every stored value is there, under the hash of its bytes.
5. A completed node had its effect at least once; each at most 1 + retries + crashes, `at_most_once` once.
6. Nothing stays on its way without an owner, a wake time or a queue place for 30 s.
7. What a socket told is what the table holds, once and in order.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.test import Client

from accounts.models import User
from accounts.services import create_token
from runtime.engine.events import Event, EventType
from runtime.engine.state import FINAL_RUN, OPEN_NODE, NodeStatus, RunState, RunStatus, fold
from runtime.models import Run
from runtime.queries.runs import fetch, state_of
from runtime.queries.versions import graph_of
from runtime.story import as_event
from tests.chaos import effects
from tests.chaos.report import report

ENDS = {EventType.NODE_SUCCEEDED, EventType.NODE_FAILED, EventType.NODE_SKIPPED, EventType.NODE_CANCELLED}
STRANDED_S = 30.0
_clients: dict[str, Client] = {}
# A waiting run that no clock wakes: a person or another run does.
OUTSIDE = {"outcome_unknown", "approval", "child_run"}


def check_run(run: Run, user: User | None = None, *, extra_crashes: int = 0) -> RunState:
    """Checks 1 to 5 for one run, by the API too when a `user` is given; its state."""
    run.refresh_from_db()
    events = events_of(run)
    state = fold(events)
    _completes_at_most_once(run, events, state)
    _is_dense(run, events)
    _agrees(run, state)
    _values_are_there(run)
    if user is not None:
        _api_agrees(run, user, events, state)
    _effects_are_bounded(run, events, extra_crashes)
    report().runs += 1
    report().restarts += run.restarts
    return state


def check_runs(runs: Iterable[Run], user: User | None = None) -> None:
    for run in runs:
        check_run(run, user)


def events_of(run: Run) -> list[Event]:
    """All of them, without payloads."""
    statement = (
        "SELECT seq, at, type, node, attempt, data, NULL FROM run_event WHERE run_id = %(run)s ORDER BY seq"
    )
    return [as_event(row) for row in fetch(statement, {"run": run.pk})]


def _completes_at_most_once(run: Run, events: Sequence[Event], state: RunState) -> None:
    done = Counter(event.node for event in events if event.type in ENDS)
    assert set(done.values()) <= {1}, (run.pk, [path for path, times in done.items() if times > 1])
    if state.run_status in FINAL_RUN:
        open_nodes = {path: node.status for path, node in state.nodes.items() if node.status in OPEN_NODE}
        assert not open_nodes, (run.pk, open_nodes)
        assert run.owner_id is None, run.pk
        assert run.wake_at is None, run.pk
    _held("a node path completes at most once")


def _is_dense(run: Run, events: Sequence[Event]) -> None:
    assert [event.seq for event in events] == list(range(1, run.last_seq + 1)), run.pk
    positions = [row[0] for row in fetch("SELECT pos FROM run_log WHERE run_id = %(run)s", {"run": run.pk})]
    assert sorted(positions) == list(range(1, run.last_pos + 1)), run.pk
    _held("seq is dense")


def _agrees(run: Run, state: RunState) -> None:
    counts = Counter(str(node.status) for path, node in state.nodes.items() if "/" not in path)
    assert run.status == state.run_status, run.pk
    assert run.counts == dict(counts), (run.pk, run.counts, counts)
    assert run.error == state.error, run.pk
    assert (run.started_at, run.finished_at) == (state.started_at, state.finished_at), run.pk
    wake_at = None if run.wake_at is None else run.wake_at.isoformat()
    assert wake_at == state.wake_at, (run.pk, wake_at, state.wake_at)
    seen = state_of(run.pk)
    assert seen.to_dict() == state.to_dict(), run.pk
    _held("fold(events) = tables")


def _values_are_there(run: Run) -> None:
    """By the tenant's blobs, under their hashes."""
    rows = fetch(
        "SELECT payload FROM run_event WHERE run_id = %(run)s AND payload IS NOT NULL", {"run": run.pk}
    )
    ports = [port for row in rows for port in json.loads(bytes(row[0])).values()]
    wanted = {port["blob"] for port in ports if "blob" in port}
    stored = fetch(
        "SELECT hash, data FROM blob WHERE tenant_id = %(tenant)s AND hash = ANY(%(wanted)s)",
        {"tenant": run.tenant_id, "wanted": sorted(wanted)},
    )
    assert {row[0] for row in stored} == wanted, run.pk
    assert all(hashlib.sha256(bytes(data)).hexdigest() == name for name, data in stored), run.pk
    _held("stored values are whole")


def _api_agrees(run: Run, user: User, events: Sequence[Event], state: RunState) -> None:
    get = reader_of(user)
    detail = get(f"runs/{run.pk}/")
    assert detail["status"] == state.run_status, run.pk
    assert detail["seq"] == state.seq, run.pk
    shown = {path: node["status"] for path, node in detail["nodes"].items()}
    folded = {path: str(node.status) for path, node in state.nodes.items()}
    assert {path: status for path, status in shown.items() if status != "pending"} == folded, run.pk
    told: list[Any] = []
    while len(told) < len(events):
        page = get(f"runs/{run.pk}/events/?after={told[-1]['seq'] if told else 0}")["results"]
        assert page, run.pk
        told += page
    facts = [(event["seq"], event["type"], event["node"], event["attempt"] or 0) for event in told]
    assert facts == [(event.seq, str(event.type), event.node, event.attempt) for event in events], run.pk
    _held("fold(events) = API")


def _effects_are_bounded(run: Run, events: Sequence[Event], extra_crashes: int) -> None:
    done = effects.of_run(run.pk)
    retries = Counter(event.node for event in events if event.type is EventType.NODE_RETRYING)
    steps = {node.id: node for node in graph_of(run.version).nodes if node.type == "ChaosStep"}
    kinds = {name: node.config.get("effect", "effectful") for name, node in steps.items()}
    for path in {event.node for event in events if event.type in ENDS and event.attempt}:
        kind = kinds.get((path or "").rpartition("/")[2])
        if kind is not None and _was_run(path, events):
            assert done[path or ""] >= 1, (run.pk, path)
    for path, times in done.items():
        name = path.rpartition("/")[2]
        kind = kinds.get(name, "effectful")
        tried = retries[path]
        if kind in ("pure", "idempotent"):
            # A crash may have taken the events of retries too: what the graph allows counts.
            tried = max(tried, (steps[name].options.retry or {}).get("max_retries", 0))
        most = most_effects(kind, retries=tried, crashes=run.restarts + extra_crashes)
        assert times <= most, (run.pk, path, times, most)
        report().repeated_effects += times - 1 - min(retries[path], times - 1)
    report().effects += sum(done.values())
    _held("effects are at least once, and at most 1 + retries + crashes")


def most_effects(kind: str, *, retries: int, crashes: int) -> int:
    """How often a step may have run. The start of an effectful one is durable before each attempt, so a crash
    repeats one; a pure or idempotent one may lose all attempts since its last durable event.
    """
    if kind == "at_most_once":
        return 1 + retries
    return 1 + retries + crashes if kind == "effectful" else (1 + retries) * (1 + crashes)


def _was_run(path: str | None, events: Sequence[Event]) -> bool:
    """Succeeded or failed after an attempt: not skipped, cancelled, copied or pinned."""
    return any(event.node == path and event.type is EventType.NODE_SUCCEEDED for event in events)


def reader_of(user: User) -> Callable[[str], Any]:
    """`get(path)`: the JSON of `/api/v1/<path>` for this person."""
    if user.email not in _clients:
        token = create_token(user, name="chaos").secret
        _clients[user.email] = Client(headers={"Authorization": f"Bearer {token}"})

    def get(path: str) -> Any:
        answer = _clients[user.email].get(f"/api/v1/{path}")
        assert answer.status_code == 200, (path, answer.status_code, answer.content[:500])
        return answer.json()

    return get


# --- nothing is forgotten -----------------------------------------------------------------------------------

_ON_THEIR_WAY = """
SELECT r.id, r.status, r.owner_id IS NOT NULL AND h.stopped_at IS NULL AND h.lease_until > clock_timestamp(),
    r.wake_at > clock_timestamp()
FROM run r LEFT JOIN run_host h ON h.id = r.owner_id
WHERE r.status NOT IN ('succeeded', 'failed', 'cancelled')
"""


class Watch:
    """Looks at the runs again and again; `look` raises when one is stranded for 30 s."""

    def __init__(self) -> None:
        self._since: dict[Any, float] = {}

    def look(self) -> int:
        """How many runs have not ended. Paused ones wait for a person, queued ones have their place."""
        rows = fetch(_ON_THEIR_WAY, {})
        now = time.monotonic()
        stranded = [
            run_id
            for run_id, status, is_owned, wakes in rows
            if not (is_owned or wakes or status in (RunStatus.QUEUED, RunStatus.PAUSED))
        ]
        self._since = {run_id: self._since.get(run_id, now) for run_id in stranded}
        for run_id, since in self._since.items():
            if now - since > STRANDED_S and not _waits_for_somebody(run_id):
                raise AssertionError(f"run {run_id} has no owner, no wake time and no place for 30 s")
        _held("nothing stays without an owner, a wake time or a queue place for 30 s")
        return len(rows)


def _waits_for_somebody(run_id: Any) -> bool:
    nodes = state_of(run_id).nodes.values()
    return any(node.status is NodeStatus.WAITING and node.reason in OUTSIDE for node in nodes)


def wait_until_ended(
    *, timeout_s: float = 60.0, every_s: float = 0.05, said: Callable[[], str] = lambda: ""
) -> None:
    """Returns when every run of the database has ended."""
    watch, until = Watch(), time.monotonic() + timeout_s
    while watch.look():
        if time.monotonic() > until:
            raise AssertionError(f"not ended within {timeout_s:g} s: {_unended()}\n{said()}")
        time.sleep(every_s)


def _unended() -> list[dict[str, Any]]:
    fields = ("id", "status", "counts", "owner_id", "wake_at", "fence", "restarts", "error")
    return list(Run.objects.exclude(status__in=list(FINAL_RUN)).values(*fields)[:5])


# --- sockets ------------------------------------------------------------------------------------------------


def check_socket(run: Run, told: Sequence[Mapping[str, Any]]) -> None:
    """What the socket told, against the table: every event once, in order."""
    facts = [(event["seq"], event["type"], event["node"], event["attempt"]) for event in told]
    stored = [(event.seq, str(event.type), event.node, event.attempt) for event in events_of(run)]
    assert facts == stored, (run.pk, len(facts), len(stored))
    _held("the socket's log = the table")


def _held(name: str) -> None:
    report().held(name)


def reconnect() -> None:
    """After the database was away: the test's own connections are broken too.

    A pool that saw it away would wait longer and longer before it tries again; a new one does not.
    """
    connection.close()
    connection.close_pool()
