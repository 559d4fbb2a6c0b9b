"""The one HTTP client of all nodes: pooled per event loop, guarded, capped in bytes and in time."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from weakref import WeakKeyDictionary

import httpcore2
import httpx2

from runtime.engine.errors import NodeError, NodeTimeout
from runtime.net.decoding import BodyCollector, BodyTooLarge
from runtime.net.egress import EgressPolicy, EgressRefused
from runtime.net.headers import header_complaint
from runtime.net.redirects import MAX_REDIRECTS, REDIRECT_STATUSES, Step, next_step, origin_of
from runtime.net.transport import CheckedTransport
from runtime.services_protocol import BodySink, HttpResponse

_MAX_CONNECTIONS = 64


class GuardedHttpClient:
    """Requests to what the egress policy allows. Safe to share between threads, one pool per event loop.

    Keeps no cookies, reads no proxy or password from the environment.
    """

    def __init__(
        self, egress: EgressPolicy, *, user_agent: str = "Lockgate", tls: ssl.SSLContext | None = None
    ) -> None:
        """Without `tls` the usual certificate authorities are trusted (`SSL_CERT_FILE` is read)."""
        self._egress = egress
        self._user_agent = user_agent
        self._tls = tls
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx2.AsyncClient] = WeakKeyDictionary()

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
        """The final response, decoded, whatever its status. `max_bytes` counts also what `sink` gets.

        Raises `NodeError`: `invalid_url`, `invalid_header`, `egress_refused`, `http_redirect`,
        `http_too_large`, `http_error` (retryable: the connection failed) or `timeout` for the whole exchange.
        """
        step = Step(method.upper(), read_url(url), _checked_headers(headers), body)
        try:
            async with asyncio.timeout(timeout_s):
                return await self._follow(step, max_bytes, MAX_REDIRECTS if follow_redirects else 0, sink)
        except (TimeoutError, httpcore2.TimeoutException, httpx2.TimeoutException) as error:
            raise NodeTimeout(
                f"{step.url.host} did not answer within {timeout_s:g} s", host=step.url.host
            ) from error
        except httpcore2.ConnectError as error:
            raise _failed(step.url, "cannot be reached", error) from error
        except (httpcore2.NetworkError, httpcore2.RemoteProtocolError, httpx2.HTTPError) as error:
            raise _failed(step.url, "broke the connection", error) from error
        except (httpcore2.LocalProtocolError, httpcore2.UnsupportedProtocol) as error:
            raise NodeError(f"The request cannot be sent: {error}", code="invalid_header") from error

    async def aclose(self) -> None:
        """Closes the running loop's connections; the next request opens new ones."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.aclose()

    async def _follow(
        self, step: Step, max_bytes: int, redirects_left: int, sink: BodySink | None
    ) -> HttpResponse:
        redirects = 0
        while True:
            response, location = await self._send(step, max_bytes, sink)
            if response.status not in REDIRECT_STATUSES or not location or not redirects_left:
                return response
            redirects += 1
            if redirects > redirects_left:
                raise NodeError(
                    f"{step.url.host} redirects more than {redirects_left} times", code="http_redirect"
                )
            step = next_step(step, response.status, location)
            _check_scheme(step.url)

    async def _send(self, step: Step, max_bytes: int, sink: BodySink | None) -> tuple[HttpResponse, str]:
        _, host, port = origin_of(step.url)
        self._egress.check_target(host, port)
        client = self._client()
        request = client.build_request(
            step.method,
            step.url,
            headers={**step.headers, "Accept-Encoding": "gzip, deflate"},
            content=step.body,
        )
        answer = await client.send(request, stream=True, follow_redirects=False)
        try:
            headers = {name.lower(): value for name, value in answer.headers.items()}
            is_wanted = sink is not None and sink.wants(answer.status_code, headers)
            content = await _read_body(answer, max_bytes, sink if is_wanted else None)
        finally:
            await answer.aclose()
        response = HttpResponse(
            status=answer.status_code, headers=headers, url=_shown(step.url), body=content
        )
        return response, headers.get("location", "")

    def _client(self) -> httpx2.AsyncClient:
        loop = asyncio.get_running_loop()
        client = self._clients.get(loop)
        if client is None:
            client = httpx2.AsyncClient(
                transport=CheckedTransport(
                    self._egress, self._tls_context(), max_connections=_MAX_CONNECTIONS
                ),
                trust_env=False,
                timeout=None,  # one deadline stands over the whole exchange
                headers={"User-Agent": self._user_agent, "Accept": "*/*"},
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            )
            self._clients[loop] = client
        return client

    def _tls_context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = httpx2.create_ssl_context()
        return self._tls


def read_url(text: str) -> httpx2.URL:
    """The URL of a request. Raises `NodeError`: `invalid_url`, or `egress_refused` for another scheme."""
    try:
        url = httpx2.URL(text)
    except (httpx2.InvalidURL, ValueError, TypeError) as error:
        # Neither the text nor what the parser quotes of it goes into the message: it may hold a password.
        raise NodeError(
            "The URL cannot be read: it needs a scheme and a valid host", code="invalid_url"
        ) from error
    _check_scheme(url)
    if url.userinfo:
        raise NodeError(
            "The URL holds a user name or password; send it as a header instead", code="invalid_url"
        )
    return url


def _check_scheme(url: httpx2.URL) -> None:
    if url.scheme not in ("http", "https"):
        raise EgressRefused(
            f"Nodes reach http:// and https:// addresses only, not '{url.scheme or 'no scheme'}'"
        )
    if not url.host or "%" in url.host or "\\" in str(url):
        raise NodeError(f"'{url.host}' is no valid host", code="invalid_url")


def _checked_headers(headers: Mapping[str, str]) -> Mapping[str, str]:
    for name, value in headers.items():
        complaint = header_complaint(name, value)
        if complaint is not None:
            raise NodeError(f"The request cannot be sent: {complaint}", code="invalid_header")
    return dict(headers)


async def _read_body(answer: httpx2.Response, max_bytes: int, sink: BodySink | None) -> bytes:
    length = answer.headers.get("content-length", "")
    if answer.request.method != "HEAD" and length.isdigit() and int(length) > max_bytes:
        raise BodyTooLarge(max_bytes)
    collector = BodyCollector(answer.headers.get("content-encoding", ""), max_bytes)
    async for chunk in answer.aiter_raw():
        collector.feed(chunk)
        if sink is not None and (decoded := collector.take()):
            await sink.write(decoded)
    return collector.body()


def _failed(url: httpx2.URL, what: str, error: Exception) -> NodeError:
    detail = str(error).strip()
    return NodeError(
        f"{url.host} {what}" + (f": {detail}" if detail else ""),
        code="http_error",
        retryable=True,
        host=url.host,
    )


def _shown(url: httpx2.URL) -> str:
    return str(url.copy_with(fragment=None))
