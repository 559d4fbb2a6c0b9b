"""Batches from databases and paged web services: streamed, and gone on with where they were left."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any, Protocol

from runtime.batch.protocols import RateGate
from runtime.batch.sources import PAGE_ROWS, Page, SourceFacts
from runtime.engine.errors import NodeError
from runtime.engine.node import NodeContext
from runtime.net.page_rules import PageRules
from runtime.net.paging import PageRequest, pages
from runtime.nodes.http_call import ProvenClient
from runtime.nodes.http_credential import HttpCredential, Proof, SecretSource
from runtime.nodes.records import without_secrets
from runtime.services_protocol import HttpClient, HttpResponse, SqlDesk, SqlTarget

PAGE_BYTES = 64 << 20


class SqlQuery(Protocol):
    """The settings of a query. `credential` or `file` is there, as the `database` needs it."""

    @property
    def database(self) -> Any: ...
    @property
    def credential(self) -> str | None: ...
    @property
    def file(self) -> str | None: ...
    @property
    def statement(self) -> str: ...
    @property
    def parameters(self) -> Mapping[str, Any]: ...
    @property
    def timeout_s(self) -> float: ...


class SqlSource:
    """The records of a query, read from the server as they are wanted.

    To go on after a crash the query is made again and what was read is passed over, so that its order has to
    be the same each time.
    """

    def __init__(self, given: SqlQuery, context: NodeContext) -> None:
        """Raises `NodeError` where nothing opens databases."""
        desk: SqlDesk | None = getattr(context.services, "sql", None)
        name = given.credential if given.database == "postgresql" else given.file
        if desk is None or not name:
            raise NodeError("the source names no database that could be opened", code="unknown_database")
        self._desk = desk
        self._given = given
        self._context = context
        self._target = SqlTarget(given.database, name)

    async def facts(self) -> SourceFacts:
        text = " ".join(self._given.statement.split())
        return SourceFacts(None, (), {"database": self._target.name, "statement": text}, can_shift=True)

    async def pages(self, start: Any | None) -> AsyncGenerator[Page, None]:
        given, skip, row = self._given, int(start or 0), 0
        async with self._desk.connect(self._target) as connection:
            rows: Any = connection.rows(
                given.statement, given.parameters, batch_rows=PAGE_ROWS, timeout_s=given.timeout_s
            )
            async with aclosing(rows) as batches:
                async for batch in batches:
                    first, row = row, row + len(batch)
                    if row > skip:
                        begin = max(0, skip - first)
                        fresh = batch[begin:] if begin else batch
                        yield Page(first + begin, without_secrets(fresh, self._context))
        if row < skip:
            raise NodeError(
                f"The query gave {row:,} records, where {skip:,} had been read before: it cannot be gone on "
                "with. Run the workflow again.",
                code="source_changed",
            )


class HttpPages(Protocol):
    """The settings of a paged service."""

    @property
    def url(self) -> str: ...
    @property
    def query(self) -> Mapping[str, Any]: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def credential(self) -> HttpCredential | None: ...
    @property
    def pagination(self) -> PageRules: ...
    @property
    def timeout_s(self) -> float: ...


class HttpSource:
    """The records of a paged service, page by page, at the rate of `gate`."""

    def __init__(self, given: HttpPages, context: NodeContext) -> None:
        self._given = given
        self._context = context
        self.gate: RateGate | None = None

    async def facts(self) -> SourceFacts:
        return SourceFacts(None, (), {"url": self._given.url}, can_shift=True)

    async def pages(self, start: Any | None) -> AsyncGenerator[Page, None]:
        proof = await self._proof()
        try:
            async with aclosing(self._walk(start, proof)) as found:
                async for page in found:
                    yield page
        except NodeError as error:
            raise (error if proof is None else proof.redact_error(error)) from None

    async def _walk(self, start: Any | None, proof: Proof | None) -> AsyncGenerator[Page, None]:
        rules, place, last = self._given.pagination, start, None
        client: Any = _Gated(self._context.services.http, self.gate)
        if proof is not None:
            client = ProvenClient(client, proof)
        walk: Any = pages(client, self._request(proof), rules, start=start)
        async with aclosing(walk) as found:
            async for page in found:
                last = page
                yield Page(place, [_record(item) for item in page.records])
                place = page.next
        is_cut = rules.max_records is not None and last is not None and last.cut
        if last is not None and last.next is not None and not is_cut and last.index + 1 >= rules.max_pages:
            raise NodeError(
                f"There are more than {rules.max_pages:,} pages (max_pages): raise the limit, or set "
                "max_records to stop there",
                code="too_many_pages",
            )

    def _request(self, proof: Proof | None) -> PageRequest:
        given = self._given
        headers = dict(given.headers)
        if proof is not None:
            headers[proof.name] = proof.value
        return PageRequest(
            url=given.url,
            query=given.query,
            headers=headers,
            timeout_s=given.timeout_s,
            max_bytes=PAGE_BYTES,
            total_s=self._context.timeout_s,
        )

    async def _proof(self) -> Proof | None:
        credential = self._given.credential
        if credential is None:
            return None
        source: SecretSource | None = getattr(self._context.services, "secrets", None)
        if source is None:
            raise NodeError(
                f"the credential {credential.name!r} cannot be read: nothing here keeps secrets",
                code="secret_unavailable",
            )
        return Proof(credential, await source.reveal(credential.name), source)


class _Gated:
    """A client whose every request waits for the gate."""

    def __init__(self, client: HttpClient, gate: RateGate | None) -> None:
        self._client = client
        self._gate = gate

    async def request(self, method: str, url: str, **options: Any) -> HttpResponse:
        if self._gate is not None:
            await self._gate.acquire()
        return await self._client.request(method, url, **options)


def _record(item: Any) -> dict[str, Any]:
    return dict(item) if isinstance(item, Mapping) else {"value": item}
