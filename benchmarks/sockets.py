"""From an event of a run in a worker to the sockets that show it: 1,000 events/s to 200 sockets.

A real worker drives chains of short waits, a real web process serves the sockets, this process reads them.
The delay is that of the last event of a frame: the time of its row against the time of its arrival.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from benchmarks.figure import Figure
from benchmarks.stack import stack, web_server, worker

if TYPE_CHECKING:
    from accounts.models import User

SOCKETS = 200
CHAINS, LENGTH = 2, 1000
CONNECT_S = 15.0


def figures() -> Iterator[Figure]:
    with stack(), worker():
        delays, rate, missing = measure(person())
        name = f"event to {SOCKETS} sockets, p95"
        note = f"{rate:.0f} events/s; p50 {quantile(delays, 0.5):.0f} ms"
        yield Figure(name, quantile(delays, 0.95), "ms", limit=250, note=note)
        yield Figure("events missing at the sockets", missing, "events", limit=0)


def person() -> User:
    from accounts.services import create_tenant, create_user

    return create_user(create_tenant("Bench"), "bench@example.com", name="Bench", roles=["owner"])


def measure(user: User) -> tuple[list[float], float, int]:
    """Delays in ms, events a second, and events that were missing."""
    from accounts.services import create_token
    from runtime.services.runs import start_run
    from runtime.services.workflows import create_workflow, snapshot_version

    assert user.tenant is not None
    token = create_token(user, name="bench").secret
    opens_at = datetime.now(UTC) + timedelta(seconds=CONNECT_S)
    workflow = create_workflow(tenant=user.tenant, user=user, name="Bench")
    run = start_run(user, snapshot_version(workflow, chains_after(opens_at), user=user))
    with web_server() as port:
        readers = asyncio.run(read_all(f"ws://127.0.0.1:{port}/ws/runs/{run.id}/", token))
    run.refresh_from_db()
    assert run.finished_at is not None
    took_s = (run.finished_at - opens_at).total_seconds()
    missing = sum(run.last_seq - seqs for _, seqs in readers)
    return [delay for delays, _ in readers for delay in delays], run.last_seq / took_s, missing


async def read_all(address: str, token: str) -> list[tuple[list[float], int]]:
    """What each socket saw: delays of the last event of its frames, and how many events."""
    from websockets.asyncio.client import connect

    async def read() -> tuple[list[float], int]:
        delays: list[float] = []
        seqs = 0
        headers = {"Authorization": f"Bearer {token}"}
        async with connect(address, additional_headers=headers, open_timeout=60, max_size=None) as socket:
            # Parsing whole frames 200 times would measure this process, so the text is searched.
            while True:
                frame = str(await socket.recv())
                seqs += frame.count('"seq":')
                if seqs > 10 and (found := frame.rfind('"at":"')) > 0:
                    at = datetime.fromisoformat(frame[found + 6 : frame.index('"', found + 6)])
                    delays.append((datetime.now(UTC) - at).total_seconds() * 1000)
                if '"run.succeeded"' in frame:
                    return delays, seqs

    return await asyncio.gather(*(read() for _ in range(SOCKETS)))


def chains_after(opens_at: datetime) -> dict[str, Any]:
    """Chains of short waits that start at a moment, when the sockets have connected."""
    nodes: list[dict[str, Any]] = [
        {"id": "open", "type": "WaitNode", "config": {"until": opens_at.isoformat()}}
    ]
    connections = []
    for line in range(CHAINS):
        ids = ["open", *(f"n{line}-{place}" for place in range(LENGTH))]
        nodes += [{"id": id_, "type": "WaitNode", "config": {"seconds": 0.002}} for id_ in ids[1:]]
        connections += [
            {"source": before, "output": "result", "target": after, "input": "input"}
            for before, after in pairwise(ids)
        ]
    return {"schema": 1, "nodes": nodes, "connections": connections}


def quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
