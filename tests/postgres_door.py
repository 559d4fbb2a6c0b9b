"""The tests' PostgreSQL by TCP: it listens on a unix socket alone, and steps go over the network."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import connection


@contextmanager
def postgres_door(sockets: str | None = None) -> Iterator[int]:
    """A port on 127.0.0.1 behind which the server of the test database answers, or that of `sockets`."""
    target = f"{sockets or connection.settings_dict['HOST']}/.s.PGSQL.5432"
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_serve, args=(server, target), daemon=True).start()
        yield server.getsockname()[1]
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)


def _serve(server: socket.socket, target: str) -> None:
    while True:
        try:
            client, _ = server.accept()
        except OSError:
            return
        inside = socket.socket(socket.AF_UNIX)
        inside.connect(target)
        for pair in ((client, inside), (inside, client)):
            threading.Thread(target=_pump, args=pair, daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            sink.sendall(data)
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
