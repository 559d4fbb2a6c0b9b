"""An HTTP client that hands the trace on to whom it calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from runtime.engine.attempts import current_attempt
from runtime.services_protocol import BodySink, HttpClient, HttpResponse

HEADER = "traceparent"


class TracingHttpClient:
    """An `HttpClient` whose requests name the attempt that makes them, unless they name one by hand."""

    def __init__(self, client: HttpClient, traceparent: Callable[[str, str, int], str]) -> None:
        """`traceparent(run id, path, attempt)` is the header's text."""
        self._client = client
        self._traceparent = traceparent

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
        return await self._client.request(
            method,
            url,
            headers=self._marked(headers),
            body=body,
            timeout_s=timeout_s,
            max_bytes=max_bytes,
            follow_redirects=follow_redirects,
            sink=sink,
        )

    def _marked(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        attempt = current_attempt.get()
        if attempt is None or any(name.lower() == HEADER for name in headers):
            return headers
        return {**headers, HEADER: self._traceparent(attempt.run_id, attempt.node_id, attempt.attempt)}
