"""The loopback sockets that the web process answers on."""

from __future__ import annotations

import errno
import socket

TRIES = 20


def bind_free(port: int, hosts: tuple[str, ...]) -> tuple[int, list[socket.socket]]:
    """The first port from `port` on that is free on every host, with its bound sockets.

    IPv6 hosts are left out where the machine has none. Raises `OSError` when all of `TRIES` ports are taken.
    """
    for candidate in range(port, port + TRIES):
        try:
            return candidate, _bind(candidate, hosts)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
    raise OSError(
        errno.EADDRINUSE, f"ports {port} to {port + TRIES - 1} are all taken: set PORT to a free one"
    )


def _bind(port: int, hosts: tuple[str, ...]) -> list[socket.socket]:
    bound: list[socket.socket] = []
    try:
        for host in hosts:
            made = _listen(host, port)
            if made is not None:
                bound.append(made)
    except OSError:
        for each in bound:
            each.close()
        raise
    if not bound:
        raise OSError(errno.EADDRNOTAVAIL, f"none of {', '.join(hosts)} can be listened on")
    return bound


def _listen(host: str, port: int) -> socket.socket | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = None
    try:
        made = socket.socket(family)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind((host, port))
        made.listen(1024)
    except OSError as error:
        if made is not None:
            made.close()
        if error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
            return None
        raise
    return made
