"""The network under the HTTP client: it connects only to addresses that the egress policy checked."""

from __future__ import annotations

import contextlib
import logging
import ssl
from collections.abc import AsyncIterator, Iterable
from types import TracebackType
from typing import Any

import httpcore2
import httpx2

from runtime.net.egress import EgressPolicy

# These write URLs and the headers of answers into the log, which may hold tokens.
for _chatty in ("httpcore2", "httpx2"):
    logging.getLogger(_chatty).setLevel(logging.WARNING)

_KEEPALIVE_S = 30.0
_NEXT_ADDRESS_S = 4.0  # an address that swallows packets must not use up the whole time limit


class CheckedBackend(httpcore2.AsyncNetworkBackend):
    """Resolves once, checks every answer and connects to a checked address.

    TLS still sees the name (SNI and certificate), because only the TCP target changes.
    """

    def __init__(self, egress: EgressPolicy) -> None:
        self._egress = egress
        self._network = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  (the signature is httpcore2's)
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        *others, last = await self._egress.resolve(host, port)
        for address in others:
            with contextlib.suppress(httpcore2.ConnectError, httpcore2.ConnectTimeout):
                return await self._network.connect_tcp(
                    address,
                    port,
                    timeout=_NEXT_ADDRESS_S if timeout is None else min(timeout, _NEXT_ADDRESS_S),
                    local_address=local_address,
                    socket_options=socket_options,
                )
        return await self._network.connect_tcp(
            last, port, timeout=timeout, local_address=local_address, socket_options=socket_options
        )

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        raise httpcore2.UnsupportedProtocol("nodes never open local sockets")

    async def sleep(self, seconds: float) -> None:
        await self._network.sleep(seconds)


class CheckedTransport(httpx2.AsyncBaseTransport):
    """An httpx2 transport over a pool whose connections all come from `CheckedBackend`."""

    def __init__(self, egress: EgressPolicy, tls: ssl.SSLContext, *, max_connections: int) -> None:
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=max_connections,
            max_keepalive_connections=max_connections,
            keepalive_expiry=_KEEPALIVE_S,
            network_backend=CheckedBackend(egress),
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url
        answer = await self._pool.handle_async_request(
            httpcore2.Request(
                method=request.method,
                url=httpcore2.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx2.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Body(answer),
            extensions=answer.extensions,
        )

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Body(httpx2.AsyncByteStream):
    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._answer.aiter_stream():
            yield chunk

    async def aclose(self) -> None:
        await self._answer.aclose()
