"""One call of a web service by a step: what is sent, what counts as an answer, and what is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from runtime.engine.errors import NodeError
from runtime.engine.node import NodeContext
from runtime.net.content import encode_body, parse_body, retry_after_s, with_query
from runtime.net.page_rules import PageRules
from runtime.nodes.http_credential import UNAUTHORIZED, Proof
from runtime.nodes.http_saving import FileSink, SaveTo, adopt_file, adopt_rows, download_folder
from runtime.services_protocol import BodySink, HttpClient, HttpResponse
from runtime.tabular.errors import TabularError
from runtime.tabular.spool import RowSpool

if TYPE_CHECKING:
    from runtime.net.paging import Page

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_RETRYABLE_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})
_EXCERPT_CHARACTERS = 300


class CallParameters(Protocol):
    """The part of the step's configuration that a call reads."""

    @property
    def method(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def query(self) -> Mapping[str, Any]: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def body_type(self) -> str: ...
    @property
    def body(self) -> Any: ...
    @property
    def response_format(self) -> str: ...
    @property
    def expected_status(self) -> tuple[int, ...]: ...
    @property
    def timeout_s(self) -> float: ...
    @property
    def max_bytes(self) -> int: ...
    @property
    def follow_redirects(self) -> bool: ...
    @property
    def save_to(self) -> SaveTo | None: ...


class HttpCall:
    """The call of one attempt. Its results have `status`, `headers`, `body` and `url`."""

    def __init__(
        self, parameters: CallParameters, context: NodeContext, client: HttpClient, proof: Proof | None
    ) -> None:
        self._parameters = parameters
        self._context = context
        self._client = client
        self._proof = proof

    async def read(self) -> dict[str, Any]:
        """One request and its parsed body."""
        response = await self._send(None, self._parameters.max_bytes)
        return _result(response, self._shown(parse_body(response, self._parameters.response_format)))

    async def save(self, target: SaveTo) -> dict[str, Any]:
        """One request whose body becomes a dataset."""
        with download_folder() as path:
            sink = FileSink(path, self._is_accepted)
            try:
                response = await self._send(sink, target.max_bytes)
            finally:
                await sink.close()
            saved = await adopt_file(target, path, response, self._context)
        return {**_result(response, None), "dataset": saved}

    async def walk(self, rules: PageRules) -> dict[str, Any]:
        """All pages; their records are the body, or the dataset."""
        target = self._parameters.save_to
        if target is None:
            records: list[Any] = []
            last, count = None, 0
            async for page in self._pages(rules, self._parameters.max_bytes):
                records += self._shown(page.records)
                last, count = page, count + 1
                self._context.progress(len(records))
            return {**_walked(last, count, len(records)), "body": records}
        return await self._save_pages(rules, target)

    def told(self, result: Mapping[str, Any]) -> str:
        """A line for the log."""
        pages_read = f", {result['pages']} pages, {result['records']} records" if "pages" in result else ""
        return (
            f"{self._parameters.method} {_place(result['url'])}: {result['status']} in "
            f"{result['elapsed_ms']:g} ms{pages_read}"
        )

    async def _save_pages(self, rules: PageRules, target: SaveTo) -> dict[str, Any]:
        last, count = None, 0
        async with RowSpool(max_bytes=target.max_bytes) as spool:
            async for page in self._pages(rules, target.max_bytes):
                try:
                    await spool.add(self._shown(page.records))
                except TabularError as error:
                    raise NodeError(f"Page {page.index + 1}: {error}", code="invalid_data") from error
                last, count = page, count + 1
                self._context.progress(spool.rows)
            saved = await adopt_rows(target, spool, self._context)
            return {**_walked(last, count, spool.rows), "body": None, "dataset": saved}

    def _pages(self, rules: PageRules, total_bytes: int) -> Any:
        from runtime.net.paging import PageRequest, pages  # with the HTTP library, which takes its time

        parameters, context = self._parameters, self._context
        request = PageRequest(
            url=parameters.url,
            query={**parameters.query, **_query_input(context.inputs)},
            headers=self._headers(""),
            timeout_s=parameters.timeout_s,
            max_bytes=total_bytes,
            follow_redirects=parameters.follow_redirects,
            total_s=context.timeout_s,
            total_bytes=total_bytes,
        )
        return pages(self._client, request, rules, check=self._check_status)

    async def _send(self, sink: BodySink | None, max_bytes: int) -> HttpResponse:
        parameters, context = self._parameters, self._context
        content_type, body = self._body(context.inputs)
        response = await self._client.request(
            parameters.method,
            with_query(parameters.url, {**parameters.query, **_query_input(context.inputs)}),
            headers=self._headers(content_type),
            body=body,
            timeout_s=min(parameters.timeout_s, context.timeout_s or parameters.timeout_s),
            max_bytes=max_bytes,
            follow_redirects=parameters.follow_redirects,
            **({} if sink is None else {"sink": sink}),
        )
        self._check_status(response)
        return response

    def _shown(self, content: Any) -> Any:
        return content if self._proof is None else self._proof.redact(content)

    def _headers(self, content_type: str) -> dict[str, str]:
        proof, headers = self._proof, dict(self._parameters.headers)
        given = {name.lower() for name in headers}
        if content_type and "content-type" not in given:
            headers["Content-Type"] = content_type
        if self._parameters.method not in SAFE_METHODS and "idempotency-key" not in given:
            headers["Idempotency-Key"] = self._context.idempotency_key
        if proof is not None:
            headers = {name: value for name, value in headers.items() if name.lower() != proof.name.lower()}
            headers[proof.name] = proof.value
        return headers

    def _body(self, inputs: Mapping[str, Any]) -> tuple[str, bytes | None]:
        value = inputs.get("body", self._parameters.body)
        if value is None or self._parameters.method in SAFE_METHODS:
            return "", None
        return encode_body(value, self._parameters.body_type)

    def _is_accepted(self, status: int) -> bool:
        expected = self._parameters.expected_status
        return status in expected if expected else status < 400

    def _check_status(self, response: HttpResponse) -> None:
        if self._is_accepted(response.status):
            return
        excerpt = (
            response.body[: 4 * _EXCERPT_CHARACTERS].decode("utf-8", "replace")[:_EXCERPT_CHARACTERS].strip()
        )
        if excerpt:
            self._context.log("error", f"The response of {response.status} begins: {excerpt}")
        raise NodeError(
            f"{self._parameters.method} {_place(response.url)} answered {response.status}",
            code="http_status",
            retryable=response.status in _RETRYABLE_STATUSES,
            status=response.status,
            retry_after_s=retry_after_s(response.headers),
        )


class ProvenClient:
    """An `HttpClient` whose requests prove themselves, and whose answers do not hold the secret.

    A request that is refused (401) is sent once more when a later version of the credential is in force.
    """

    def __init__(self, client: HttpClient, proof: Proof, *, may_repeat: bool = True) -> None:
        """Unless it `may_repeat`, each request is sent once, whatever the answer."""
        self._client = client
        self._proof = proof
        self._name = proof.name
        self._may_repeat = may_repeat

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
        """As the client's."""

        async def send() -> HttpResponse:
            clean = None if sink is None else self._proof.redacting(sink)
            response = await self._client.request(
                method,
                url,
                headers=self._proven(headers),
                body=body,
                timeout_s=timeout_s,
                max_bytes=max_bytes,
                follow_redirects=follow_redirects,
                **({} if clean is None else {"sink": clean}),
            )
            if clean is not None:
                await clean.finish()
            return response

        response = await send()
        if response.status == UNAUTHORIZED and self._may_repeat and await self._proof.renew():
            response = await send()
        await self._proof.answered(response.status)
        return self._proof.redact_response(response)

    def _proven(self, headers: Mapping[str, str]) -> dict[str, str]:
        """With the header of the version in hand, where the request is one that carries it."""
        proven = dict(headers)
        if proven.pop(self._name, None) is not None:
            proven[self._proof.name] = self._proof.value
        return proven


def _result(response: HttpResponse, body: Any) -> dict[str, Any]:
    return {"status": response.status, "headers": dict(response.headers), "body": body, "url": response.url}


def _walked(last: Page | None, count: int, records: int) -> dict[str, Any]:
    """How far the walk went; there is always a first page."""
    assert last is not None  # noqa: S101
    return {
        "status": last.status,
        "headers": dict(last.headers),
        "url": last.url,
        "pages": count,
        "records": records,
        "complete": last.next is None and not last.cut,
        "next": last.next,
    }


def _query_input(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    query = inputs.get("query") or {}
    if not isinstance(query, Mapping):
        raise NodeError(
            "The input 'query' needs an object of names and values", code="invalid_input", input="query"
        )
    return query


def _place(url: str) -> str:
    """Host and path: a query may hold a token and stays out of logs and errors."""
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path}"
