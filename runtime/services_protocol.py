"""What node types need from their surroundings. The server and the script runtime each supply one."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol


@dataclass(frozen=True, slots=True)
class CodeRequest:
    """One call of author code. `lease` names the run and trust context that may share a process.

    `memory_mb`, `max_output_bytes` and `max_workers` (processes of a lease at a time) are the run's
    where None. `on_usage(cpu_s, peak_mb)` is called with what the call cost, where that is known.
    `may` are the actions that checks in the code can allow, where somebody is known that it runs for;
    `ground` is what they go by that state no rules (`accounts.access.grounds`).
    """

    lease: str
    node_id: str
    code: str
    inputs: Mapping[str, Any]
    timeout_s: float = 60.0
    memory_mb: int | None = None
    seed: int = 0
    max_output_bytes: int | None = None
    max_workers: int | None = None
    on_usage: Callable[[float | None, float | None], None] | None = None
    may: frozenset[str] | None = None
    ground: Mapping[str, Any] | None = None


class CodeRunner(Protocol):
    async def run_code(self, request: CodeRequest, on_line: Callable[[str, str], None]) -> Any:
        """The value of `result` (JSON). `on_line(level, text)` gets each printed or logged line.

        Raises `NodeError` with code `code_error` (facts: `line`, `error_type`), `timeout`,
        `memory`, `invalid_output`, `output_too_large` or `sandbox_unavailable`.
        """
        ...

    async def end_lease(self, lease: str) -> None:
        """Ends the processes of a lease."""
        ...


@dataclass(frozen=True, slots=True)
class HttpResponse:
    status: int
    headers: Mapping[str, str]
    url: str
    body: bytes


class BodySink(Protocol):
    """Takes the body of an answer as it arrives, so that it is never held whole."""

    def wants(self, status: int, headers: Mapping[str, str]) -> bool:
        """Whether this answer's body comes here; otherwise it is in the response, as ever."""
        ...

    async def write(self, chunk: bytes) -> None:
        """The next decoded bytes. The connection is not read further until this returns."""
        ...


class HttpClient(Protocol):
    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None,
        timeout_s: float,
        max_bytes: int,
        follow_redirects: bool,
        sink: BodySink | None = None,
    ) -> HttpResponse:
        """The final response. Where `sink` wants its body, that is empty here."""
        ...


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: Literal["text", "number", "integer", "boolean", "date", "datetime", "object", "unknown"]


@dataclass(frozen=True, slots=True)
class DatasetInfo:
    name: str
    format: Literal["csv", "json", "jsonl", "parquet"]
    rows: int
    bytes: int
    columns: Sequence[Column] = field(default_factory=tuple)


class DatasetStore(Protocol):
    async def info(self, name: str) -> DatasetInfo:
        """Raises `NodeError(code="dataset_missing")`, naming the near matches."""
        ...

    def read(self, name: str, *, batch_rows: int = 1000) -> AsyncGenerator[list[dict[str, Any]], None]:
        """The rows in order, in batches. Whoever stops before the end closes it."""
        ...

    async def write(
        self,
        name: str,
        rows: Sequence[Mapping[str, Any]],
        *,
        format: str,
        mode: Literal["replace", "append"],
        idempotency_key: str,
    ) -> DatasetInfo:
        """Writes whole or not at all; the same key again changes nothing."""
        ...

    async def adopt(self, name: str, path: Path, *, format: str, idempotency_key: str) -> DatasetInfo:
        """A file's rows in place of what the dataset holds, once for each key; the file is copied."""
        ...


@dataclass(frozen=True, slots=True)
class SqlTarget:
    """A database: a PostgreSQL server by the name of a credential, or an SQLite file by its own name."""

    kind: Literal["postgresql", "sqlite"]
    name: str


@dataclass(frozen=True, slots=True)
class SqlChange:
    """What a statement that writes did: how many rows it touched, and those that it returned."""

    affected: int
    rows: list[dict[str, Any]]


class SqlConnection(Protocol):
    """Parameters stand in a query as `:name` and are bound, never put into its text."""

    def rows(
        self,
        query: str,
        parameters: Mapping[str, Any],
        *,
        batch_rows: int = 1000,
        max_rows: int | None = None,
        timeout_s: float = 30.0,
    ) -> AsyncIterator[list[dict[str, Any]]]:
        """The records, JSON values, in batches; at most `max_rows`.

        Raises `SqlTextError`, and `NodeError`: `sql_failed`, `sql_parameter`, `duplicate_column`, `timeout`.
        """
        ...

    async def change(
        self, query: str, parameters: Mapping[str, Any], *, max_rows: int, timeout_s: float = 30.0
    ) -> SqlChange:
        """Performs a statement that writes, whole or not at all. Raises as `rows`."""
        ...


class SqlDesk(Protocol):
    def connect(
        self, target: SqlTarget, *, is_writing: bool = False, timeout_s: float = 10.0
    ) -> AbstractAsyncContextManager[SqlConnection]:
        """Raises `NodeError`: `sql_unreachable`, `unknown_database`, `egress_refused` and others."""
        ...


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """What a step sends to one address.

    `content` of an e-mail is `{subject, text, html, reply_to}`, of a webhook `{body, headers}`. `credential`
    is the mail server, or signs the webhook; empty: the server's own mail, or no signature.
    """

    channel: Literal["email", "webhook"]
    address: str
    content: Mapping[str, Any]
    credential: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a message stands. `id` is what its receiver tells repetitions by."""

    id: str
    address: str
    status: Literal["pending", "sent", "failed"]
    attempts: int
    error: str = ""
    sent_at: datetime | None = None


class Messenger(Protocol):
    """Sends messages of steps, each once however often the step is performed."""

    async def send(
        self, key: str, node: str, messages: Sequence[OutgoingMessage], *, is_awaited: bool
    ) -> list[Delivery]:
        """Puts them on their way, in this order; the same key again sends nothing new. Raises `NodeError`.

        Where the step waits for them, they are given up when it ends in another way.
        """
        ...

    async def look(self, key: str, messages: Sequence[OutgoingMessage]) -> list[Delivery]:
        """How the messages that were sent with a key stand, in their order."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """What a step of a run asks people: whether to go on. `roles` by key, `users` by e-mail address."""

    node: str
    title: str
    message: str
    roles: Sequence[str]
    users: Sequence[str]
    required: int
    allow_requester: bool
    needs_comment: bool
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Answer:
    """How a question stands. `votes` are `{user, decision, comment, at}`, in order."""

    status: Literal["pending", "approved", "rejected", "expired", "cancelled"]
    expires_at: datetime | None
    ended_at: datetime | None
    votes: Sequence[Mapping[str, Any]] = ()


class ApprovalDesk(Protocol):
    """Questions to people. Only the server has one."""

    async def ask(self, key: str, question: Question) -> Answer:
        """Puts the question; the same key again asks nothing new, and answers how it stands."""
        ...

    async def look(self, key: str) -> Answer | None:
        """How the question stands now; None when it was never put."""
        ...


@dataclass(frozen=True, slots=True)
class ChildRun:
    """A run that a step has started. It has a `result` once it succeeded, an `error` once it failed."""

    number: int
    workflow: str
    status: Literal["active", "succeeded", "failed", "cancelled"]
    result: Any = None
    error: Mapping[str, Any] | None = None


class ChildRuns(Protocol):
    """Runs that steps of a run start. Only the server can."""

    async def start(
        self,
        path: str,
        workflow: str,
        version: int | str,
        parameters: Mapping[str, Any],
        timeout_s: float | None,
    ) -> None:
        """Starts the run for the step at `path`; once, however often it is called. Raises `NodeError`."""
        ...

    async def look(self, path: str, output: str) -> ChildRun | None:
        """How the run of the step stands; `output` says what its result is. None: it was never started."""
        ...


@dataclass(frozen=True, slots=True)
class AccessAnswer:
    """Whether whom the run runs for may do something. `rule` is stable, `reason` is for people."""

    allowed: bool
    reason: str
    rule: str


class AccessDesk(Protocol):
    """Decides for whom the run runs, by what is known of them at that moment."""

    def decide(self, action: str, resource: Mapping[str, Any]) -> AccessAnswer:
        """`resource` is `{type, id, attributes}`. Raises `NodeError` for an action that is none."""
        ...

    def limit(self) -> frozenset[str] | None:
        """What they may do with nodes and workflows at large; None where code states itself who asks."""
        ...

    def ground(self, asked: Sequence[tuple[str, str]]) -> Mapping[str, Any] | None:
        """What code goes by that states no rules; `asked` are the resources that it names, `(type, id)`."""
        ...

    def mask(self, rules: Mapping[str, Any], value: Any) -> Any:
        """A copy with the fields masked that the rules hide from them. Raises `NodeError` for bad rules."""
        ...


class NodeServices(Protocol):
    @property
    def code(self) -> CodeRunner: ...
    @property
    def http(self) -> HttpClient: ...
    @property
    def datasets(self) -> DatasetStore: ...
