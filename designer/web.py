"""The web process: `python -m designer.web FD …` serves on sockets that the supervisor has bound."""

from __future__ import annotations

import socket
import sys

import uvicorn


def main(descriptors: list[int]) -> None:
    config = uvicorn.Config(
        "designer.asgi:application",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        ws_max_size=1 << 16,
        # The same frame goes to hundreds of sockets: each would compress it again.
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=5,
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=each) for each in descriptors])


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]])
