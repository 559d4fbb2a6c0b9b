"""IP addresses as attackers write them: read every spelling, unwrap every tunnel, name what is inside.

Sources: IANA special-purpose address registries (RFC 6890), WHATWG URL Standard §3.5 (IPv4 parser),
RFC 4291 (mapped, compatible), RFC 2765 (translated), RFC 3056 (6to4), RFC 4380 (Teredo),
RFC 6052 and RFC 8215 (NAT64), RFC 5214 (ISATAP).
"""

from __future__ import annotations

from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import NamedTuple

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class Refusal(NamedTuple):
    """Why an address is not public. `excusable` ones may be opened by naming the host alone."""

    kind: str
    excusable: bool


_PRIVATE = Refusal("private network", True)
_LOOPBACK = Refusal("loopback", True)
_SHARED = Refusal("carrier-grade NAT", True)
_LINK_LOCAL = Refusal("link-local", False)
_METADATA = Refusal("cloud metadata", False)
_MULTICAST = Refusal("multicast", False)
_RESERVED = Refusal("reserved", False)
_THIS_HOST = Refusal("unspecified", False)

# The first match counts, so the narrow ones come first.
_REFUSED_V4: tuple[tuple[IPv4Network, Refusal], ...] = tuple(
    (IPv4Network(network), refusal)
    for network, refusal in (
        ("169.254.169.254/32", _METADATA),
        ("169.254.170.2/32", _METADATA),  # Amazon ECS task credentials
        ("100.100.100.200/32", _METADATA),  # Alibaba Cloud
        ("168.63.129.16/32", _METADATA),  # Azure wire server; looks public
        ("192.0.0.192/32", _METADATA),  # Oracle Cloud
        ("0.0.0.0/8", _THIS_HOST),
        ("10.0.0.0/8", _PRIVATE),
        ("100.64.0.0/10", _SHARED),
        ("127.0.0.0/8", _LOOPBACK),
        ("169.254.0.0/16", _LINK_LOCAL),
        ("172.16.0.0/12", _PRIVATE),
        ("192.0.0.0/24", _RESERVED),
        ("192.0.2.0/24", _RESERVED),
        ("192.31.196.0/24", _RESERVED),
        ("192.52.193.0/24", _RESERVED),
        ("192.88.99.0/24", _RESERVED),
        ("192.168.0.0/16", _PRIVATE),
        ("192.175.48.0/24", _RESERVED),
        ("198.18.0.0/15", _RESERVED),
        ("198.51.100.0/24", _RESERVED),
        ("203.0.113.0/24", _RESERVED),
        ("224.0.0.0/4", _MULTICAST),
        ("240.0.0.0/4", _RESERVED),
    )
)
_REFUSED_V6: tuple[tuple[IPv6Network, Refusal], ...] = tuple(
    (IPv6Network(network), refusal)
    for network, refusal in (
        ("::/128", _THIS_HOST),
        ("::1/128", _LOOPBACK),
        ("fd00:ec2::254/128", _METADATA),
        ("fd20:ce::254/128", _METADATA),  # Google Cloud, IPv6-only hosts
        ("64:ff9b:1::/48", _PRIVATE),
        ("2001::/23", _RESERVED),
        ("2001:db8::/32", _RESERVED),
        ("3fff::/20", _RESERVED),
        ("fc00::/7", _PRIVATE),
        ("fe80::/10", _LINK_LOCAL),
        ("fec0::/10", _PRIVATE),
        ("ff00::/8", _MULTICAST),
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_MAPPED = IPv6Network("::ffff:0:0/96")
_TRANSLATED = IPv6Network("::ffff:0:0:0/96")
_COMPATIBLE = IPv6Network("::/96")
_CARRIERS = (_NAT64, _MAPPED, _TRANSLATED)  # their last 32 bits are the whole destination


def read_host(host: str) -> Address | None:
    """The address that a URL's host spells, or None when it is a name.

    Reads what `inet_aton` reads: decimal, octal and hexadecimal parts, one to four of them.
    Raises ValueError for a host that looks like an address and is none (`256.1.1.1`, `fe80::1%eth0`).
    """
    text = host.strip("[]").rstrip(".")
    if ":" in text:
        return IPv6Address(_without_zone(text))
    parts = text.split(".")
    if not _is_number(parts[-1]):
        return None
    return IPv4Address(_ipv4_number(parts))


def embedded_ipv4(address: IPv6Address) -> tuple[IPv4Address, ...]:
    """Every IPv4 address that packets to this one could end at."""
    number = int(address)
    low = IPv4Address(number & 0xFFFFFFFF)
    found: list[IPv4Address] = []
    if any(address in network for network in _CARRIERS) or (address in _COMPATIBLE and number > 1):
        found.append(low)
    if address.sixtofour is not None:
        found.append(address.sixtofour)
    if address.teredo is not None:
        found.extend(address.teredo)
    if (number >> 32) & 0xFCFFFFFF == 0x5EFE:
        found.append(low)
    return tuple(found)


def refusal_of(address: Address) -> Refusal | None:
    """Why nodes may not reach this address, or None when it is on the public internet."""
    if isinstance(address, IPv4Address):
        return next((refusal for network, refusal in _REFUSED_V4 if address in network), None)
    for network, refusal in _REFUSED_V6:
        if address in network:
            return refusal
    inside = embedded_ipv4(address)
    for part in inside:
        refused = refusal_of(part)
        if refused is not None:
            return refused
    if address in _GLOBAL_V6 or any(address in network for network in _CARRIERS):
        return None
    return _RESERVED


def destinations(address: Address) -> tuple[Address, ...]:
    """The address itself and what it carries; an operator's network may name either."""
    return (address, *embedded_ipv4(address)) if isinstance(address, IPv6Address) else (address,)


def read_network(text: str) -> Network | None:
    """A CIDR or a single address as a network, or None when it is neither."""
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def read_answer(text: str) -> Address:
    """An address as a resolver gives it (a zone marks a link-local one and is dropped)."""
    return ip_address(text.split("%")[0])


def _without_zone(text: str) -> str:
    if "%" in text:
        raise ValueError("an address with a zone is link-local")
    return text


def _is_number(part: str) -> bool:
    return part.isascii() and (part.isdigit() or (part[:2] in ("0x", "0X") and _is_hex(part[2:])))


def _is_hex(digits: str) -> bool:
    return all(digit in "0123456789abcdefABCDEF" for digit in digits)


def _ipv4_number(parts: list[str]) -> int:
    if len(parts) > 4:
        raise ValueError("more than four parts")
    numbers = [_part_number(part) for part in parts]
    *heads, last = numbers
    if any(head > 255 for head in heads) or last >= 256 ** (5 - len(numbers)):
        raise ValueError("a part is too large")
    return sum(head << (24 - 8 * place) for place, head in enumerate(heads)) + last


def _part_number(part: str) -> int:
    if part[:2] in ("0x", "0X"):
        return int(part[2:] or "0", 16)
    if not part or not part.isascii() or not part.isdigit():
        raise ValueError(f"{part!r} is no number")
    return int(part, 8) if len(part) > 1 and part.startswith("0") else int(part)
