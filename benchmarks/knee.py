"""A web service that is quick until too many ask at once, as most are; and that loses power half way.

`python -m benchmarks.knee`: prints its port and serves until it is ended. Up to its capacity a call takes
0.1 s; with n calls at a time (n / capacity)^1.5 times that, so that more callers get less done. After so many
calls its capacity falls. GET /restart gives it its strength back.
"""

from __future__ import annotations

import asyncio

BASE_S = 0.1
STRONG, WEAK = 16, 5
STRONG_CALLS = 600
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


class Knee:
    def __init__(self) -> None:
        self.calls = self.at_once = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await self._answer(head)
                writer.write(_ANSWER)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _answer(self, head: bytes) -> None:
        if b" /restart" in head.split(b"\r\n", 1)[0]:
            self.calls = 0
            return
        self.calls += 1
        self.at_once += 1
        capacity = STRONG if self.calls <= STRONG_CALLS else WEAK
        try:
            await asyncio.sleep(BASE_S * max(1.0, self.at_once / capacity) ** 1.5)
        finally:
            self.at_once -= 1


async def main() -> None:
    server = await asyncio.start_server(Knee().serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
