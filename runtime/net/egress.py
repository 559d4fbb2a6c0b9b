"""What nodes may reach: public addresses on web ports, and what the operator opened by `EGRESS_ALLOW`.

A name is resolved once, *every* answer is checked, and the connection goes to a checked address:
between check and use nothing is looked up again (DNS rebinding).
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address

from runtime.engine.errors import NodeError
from runtime.net.addresses import (
    Address,
    Network,
    destinations,
    read_answer,
    read_host,
    read_network,
    refusal_of,
)

WEB_PORTS = frozenset({80, 443})
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]


class EgressRefused(NodeError):
    """The operator's rules do not let a node reach this target. Trying again does not help."""

    code = "egress_refused"
    retryable = False


class NameNotFound(NodeError):
    """A host name that does not resolve."""

    code = "http_error"
    retryable = True


async def system_resolver(host: str, port: int) -> Sequence[str]:
    """The answers of the machine's own resolver, in its order."""
    answers = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


@dataclass(frozen=True, slots=True)
class Opening:
    """One entry of `EGRESS_ALLOW`: a host (`*.corp.example`: its subdomains), a network or any host (`*`)."""

    host: str | None
    network: Network | None
    port: int | None

    def names(self, host: str, port: int) -> bool:
        """True when this entry opens `host` by its name."""
        if self.host is None or self.host == "*" or not self._fits_port(port):
            return False
        if self.host.startswith("*."):
            return host.endswith(self.host[1:])
        return host == self.host

    def covers(self, address: Address, port: int) -> bool:
        """True when this entry opens `address` by its number."""
        network = self.network
        if network is None or not self._fits_port(port):
            return False
        if network.version == 4:
            return any(isinstance(part, IPv4Address) and part in network for part in destinations(address))
        return isinstance(address, IPv6Address) and address in network

    def opens_port(self, port: int) -> bool:
        """True when this entry opens a port on every public host."""
        return self.host == "*" and self.port == port

    def _fits_port(self, port: int) -> bool:
        return self.port is None or self.port == port


@dataclass(frozen=True, slots=True)
class EgressPolicy:
    """The operator's openings. Without any, nodes reach public addresses on ports 80 and 443 only."""

    openings: tuple[Opening, ...] = ()
    resolver: Resolver = field(default=system_resolver, compare=False)

    @classmethod
    def from_text(cls, text: str, *, resolver: Resolver = system_resolver) -> EgressPolicy:
        """Reads `EGRESS_ALLOW`: entries separated by commas or spaces.

        `api.corp.example`, `*.corp.example`, `10.1.0.0/16`, `[::1]:9000`, `db.internal:8080`, `*:8443`.
        Raises ValueError naming the entry that cannot be read.
        """
        return cls(tuple(_read_opening(entry) for entry in text.replace(",", " ").split()), resolver)

    def check_target(self, host: str, port: int) -> None:
        """Refuses what can be told without a look-up. Raises `EgressRefused`."""
        name = _plain(host)
        if not name or not 0 < port < 65536:
            raise EgressRefused(f"'{host}:{port}' is not a host and port that a node can reach", host=host)
        address = _literal(name)
        if address is not None:
            self._check_address(name, address, port)

    async def resolve(self, host: str, port: int) -> tuple[str, ...]:
        """The checked addresses to connect to. Raises `EgressRefused` when any answer is refused."""
        self.check_target(host, port)
        name = _plain(host)
        literal = _literal(name)
        if literal is not None:
            return (str(literal),)
        try:
            answers = [read_answer(answer) for answer in await self.resolver(name, port)]
        except (OSError, UnicodeError) as error:
            raise NameNotFound(f"The host name '{name}' cannot be resolved", host=name) from error
        if not answers:
            raise NameNotFound(f"The host name '{name}' has no address", host=name)
        for answer in answers:
            self._check_address(name, answer, port)
        return tuple(str(answer) for answer in answers)

    def _check_address(self, name: str, address: Address, port: int) -> None:
        if any(opening.covers(address, port) for opening in self.openings):
            return
        refusal = refusal_of(address)
        named = self._is_named(name, port)
        if refusal is not None and not (refusal.excusable and named):
            raise EgressRefused(_refusal_text(name, refusal.kind), host=name, kind=refusal.kind)
        if not named:
            self._check_port(name, port)

    def _check_port(self, name: str, port: int) -> None:
        if port in WEB_PORTS or any(opening.opens_port(port) for opening in self.openings):
            return
        raise EgressRefused(
            f"Port {port} of '{name}' is closed to nodes: they reach ports 80 and 443. "
            f"An operator can open it with EGRESS_ALLOW={name}:{port}",
            host=name,
            kind="port",
        )

    def _is_named(self, name: str, port: int) -> bool:
        return any(opening.names(name, port) for opening in self.openings)


def _plain(host: str) -> str:
    return host.strip().strip("[]").rstrip(".").lower()


def _literal(name: str) -> Address | None:
    try:
        return read_host(name)
    except ValueError as error:
        raise EgressRefused(
            f"'{name}' is not a valid address: {error}", host=name, kind="malformed"
        ) from error


def _refusal_text(name: str, kind: str) -> str:
    # The resolved address stays out of the message: it would map the operator's network for the author.
    return (
        f"Nodes may not reach '{name}' ({kind}). An operator can open it with EGRESS_ALLOW, "
        "naming the host or its network"
    )


def _read_opening(entry: str) -> Opening:
    network = read_network(entry.strip("[]"))
    if network is not None:
        return Opening(None, network, None)
    target, port = _split_port(entry)
    network = read_network(target.strip("[]"))
    if network is not None:
        return Opening(None, network, port)
    host = target.lower().rstrip(".")
    bare = host.removeprefix("*.") if host != "*" else "any"
    if not bare or not all(label.replace("-", "a").replace("_", "a").isalnum() for label in bare.split(".")):
        raise ValueError(
            f"EGRESS_ALLOW: '{entry}' is neither a host, an address, a network nor one with a port"
        )
    if host == "*" and port is None:
        raise ValueError(
            "EGRESS_ALLOW: '*' needs a port ('*:8443'); name private hosts and networks one by one"
        )
    return Opening(host, None, port)


def _split_port(entry: str) -> tuple[str, int | None]:
    target, colon, port = entry.rpartition(":")
    if not colon:
        return entry, None
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError(f"EGRESS_ALLOW: '{entry}' has no valid port")
    return target, int(port)
