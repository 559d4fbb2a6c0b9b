"""A web service that is quick until too many ask at once, as most are; and that loses power half way.

`python -m benchmarks.knee`: prints its port and serves until it is ended. Up to its capacity a call takes
0.1 s; with n calls at a time (n / capacity)^1.5 times that, so that more callers get less done. After so many
calls its capacity falls. GET /restart gives it its strength back, GET /ends tells when each call since then
was answered, in seconds.
"""

from __future__ import annotations

import asyncio
import json
import time

BASE_S = 0.1
STRONG, WEAK = 16, 5
STRONG_CALLS = 600
_HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n"


class Knee:
    def __init__(self) -> None:
        self.calls = self.at_once = 0
        self.ends: list[float] = []
        self.began = time.monotonic()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                body = await self._answer(head.split(b"\r\n", 1)[0])
                writer.write(_HEAD.format(len(body)).encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _answer(self, line: bytes) -> bytes:
        if b" /restart" in line:
            self.calls, self.ends, self.began = 0, [], time.monotonic()
        elif b" /ends" in line:
            return json.dumps(self.ends).encode()
        else:
            await self._call()
        return b"{}"

    async def _call(self) -> None:
        self.calls += 1
        self.at_once += 1
        capacity = STRONG if self.calls <= STRONG_CALLS else WEAK
        try:
            await asyncio.sleep(BASE_S * max(1.0, self.at_once / capacity) ** 1.5)
        finally:
            self.at_once -= 1
            self.ends.append(time.monotonic() - self.began)


async def main() -> None:
    server = await asyncio.start_server(Knee().serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
