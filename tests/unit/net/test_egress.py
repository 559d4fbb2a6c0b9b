from __future__ import annotations

from collections.abc import Sequence

import pytest

from runtime.engine.errors import NodeError
from runtime.net.client import GuardedHttpClient
from runtime.net.egress import EgressPolicy, EgressRefused, NameNotFound

NAMES: dict[str, list[str]] = {
    "public.example": ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"],
    "private.example": ["10.0.0.5"],
    "both.example": ["93.184.216.34", "192.168.1.10"],
    "both-v6.example": ["2606:4700::1111", "fd12::1"],
    "loop.example": ["127.0.0.1"],
    "loop6.example": ["::1"],
    "mapped.example": ["::ffff:10.0.0.1"],
    "sixtofour.example": ["2002:7f00:1::"],
    "teredo.example": ["2001:0:4136:e378:8000:63bf:80ff:fffe"],
    "nat64.example": ["64:ff9b::a9fe:a9fe"],
    "metadata.example": ["169.254.169.254"],
    "zero.example": ["0.0.0.0"],  # noqa: S104
    "linklocal.example": ["fe80::1%2"],
    "cgnat.example": ["100.64.3.2"],
    "benchmark.example": ["198.18.0.1"],
    "localhost": ["127.0.0.1", "::1"],
    "app.localhost": ["::1"],
    "router.local": ["192.168.1.1"],
    "metadata.google.internal": ["169.254.169.254"],
    "azure.example": ["168.63.129.16"],
}

REFUSED_URLS = [
    # loopback, in every spelling
    "http://127.0.0.1/",
    "http://127.0.0.1:443/",
    "http://127.1/",
    "http://127.0.1/",
    "http://127.255.255.254/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0x0.0x0.0x1/",
    "http://0x7f.1/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://127.0.0.1./",
    "http://127。0。0。1/",
    "http://①②⑦.0.0.1/",
    "http://%31%32%37.0.0.1/",
    "http://localhost/",
    "http://LOCALHOST/",
    "http://localhost./",
    "http://app.localhost/",
    "http://router.local/",
    "http://metadata.google.internal/computeMetadata/v1/",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    # this host
    "http://0.0.0.0/",
    "http://0/",
    "http://0.1.2.3/",
    "http://[::]/",
    # private networks and carrier-grade NAT
    "http://10.0.0.1/",
    "http://10.255.255.255/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.0.1/",
    "http://3232235777/",
    "http://100.64.0.1/",
    "http://100.127.255.255/",
    "http://[fc00::1]/",
    "http://[fd12:3456:789a::1]/",
    "http://[fec0::1]/",
    # link-local and cloud metadata
    "http://169.254.169.254/latest/meta-data/",
    "http://0xa9fea9fe/",
    "http://2852039166/",
    "http://169.254.170.2/",
    "http://100.100.100.200/",
    "http://168.63.129.16/",
    "http://192.0.0.192/",
    "http://[fd00:ec2::254]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    # multicast, reserved, documentation, broadcast
    "http://224.0.0.1/",
    "http://239.255.255.250/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://192.0.2.1/",
    "http://198.51.100.7/",
    "http://203.0.113.9/",
    "http://198.18.0.1/",
    "http://192.88.99.1/",
    "http://[ff02::1]/",
    "http://[2001:db8::1]/",
    "http://[100::1]/",
    "http://[5f00::1]/",
    "http://[3fff::1]/",
    # tunnels and embeddings
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::ffff:169.254.169.254]/",
    "http://[::ffff:0:127.0.0.1]/",
    "http://[::127.0.0.1]/",
    "http://[2002:7f00:1::]/",
    "http://[2002:a9fe:a9fe::1]/",
    "http://[2002:c0a8:101::]/",
    "http://[2001:0:4136:e378:8000:63bf:80ff:fffe]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://[64:ff9b::a00:1]/",
    "http://[64:ff9b:1::808:808]/",
    "http://[2606:4700::5efe:127.0.0.1]/",
    "http://[2606:4700::200:5efe:10.0.0.1]/",
    # not an address, not a port, not ours
    "http://256.1.1.1/",
    "http://1.2.3.4.5/",
    "http://0x100000000/",
    "http://public.example:22/",
    "http://public.example:25/",
    "http://public.example:6379/",
    "http://public.example:0/",
    "http://8.8.8.8:8080/",
    "file:///etc/passwd",
    "gopher://public.example/",
    "ftp://public.example/",
    "unix:///run/docker.sock",
    "http:///etc/passwd",
    "http://user:secret@public.example/",
    "http://public.example\\@127.0.0.1/",
    "http://public.example@127.0.0.1/",
    # names, by what they resolve to
    *(f"http://{name}/" for name in NAMES if name != "public.example"),
]


async def resolve(host: str, port: int) -> Sequence[str]:
    try:
        return NAMES[host]
    except KeyError:
        raise OSError("no such name") from None


@pytest.mark.asyncio
@pytest.mark.parametrize("url", REFUSED_URLS)
async def test_target_is_refused(url: str) -> None:
    client = GuardedHttpClient(EgressPolicy(resolver=resolve))

    with pytest.raises(NodeError) as caught:
        await client.request(
            "GET", url, headers={}, body=None, timeout_s=5, max_bytes=1000, follow_redirects=True
        )

    assert caught.value.code in ("egress_refused", "invalid_url")
    assert not caught.value.retryable
    await client.aclose()


def test_at_least_fifty_targets_are_refused() -> None:
    assert len(set(REFUSED_URLS)) >= 50


@pytest.mark.asyncio
async def test_public_name_gives_all_its_checked_addresses() -> None:
    policy = EgressPolicy(resolver=resolve)

    addresses = await policy.resolve("Public.Example.", 443)

    assert list(addresses) == NAMES["public.example"]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "host", ["8.8.8.8", "134744072", "2606:4700::1111", "64:ff9b::8.8.8.8", "::ffff:8.8.8.8"]
)
async def test_public_address_is_reachable_in_any_spelling(host: str) -> None:
    assert await EgressPolicy(resolver=resolve).resolve(host, 443)


@pytest.mark.asyncio
async def test_refusal_does_not_tell_what_a_name_resolves_to() -> None:
    with pytest.raises(EgressRefused) as caught:
        await EgressPolicy(resolver=resolve).resolve("private.example", 80)

    assert "10.0.0.5" not in str(caught.value.to_dict())


@pytest.mark.asyncio
async def test_unknown_name_can_be_tried_again() -> None:
    with pytest.raises(NameNotFound) as caught:
        await EgressPolicy(resolver=resolve).resolve("missing.example", 80)

    assert caught.value.retryable


@pytest.mark.asyncio
async def test_each_resolution_is_checked_anew_when_a_name_rebinds() -> None:
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])

    async def rebinding(host: str, port: int) -> Sequence[str]:
        return next(answers)

    policy = EgressPolicy(resolver=rebinding)

    assert await policy.resolve("rebind.example", 80) == ("93.184.216.34",)
    with pytest.raises(EgressRefused):
        await policy.resolve("rebind.example", 80)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("allow", "host", "port"),
    [
        ("private.example", "private.example", 8123),
        ("private.example:8123", "private.example", 8123),
        ("*.example", "private.example", 9000),
        ("10.0.0.0/24", "private.example", 80),
        ("10.0.0.5", "10.0.0.5", 9000),
        ("10.0.0.0/8:9000", "10.0.0.5", 9000),
        ("127.0.0.1:8000", "127.0.0.1", 8000),
        ("127.0.0.0/8", "mapped.example", 80),
        ("[::1]:9000", "::1", 9000),
        ("::1", "::1", 9000),
        ("*:8443", "public.example", 8443),
        ("localhost", "localhost", 5000),
        ("a.example, 10.0.0.5:81 fd12::/16", "10.0.0.5", 81),
    ],
)
async def test_operator_opens_a_target(allow: str, host: str, port: int) -> None:
    names = {**NAMES, "localhost": ["127.0.0.1"], "mapped.example": ["::ffff:127.0.0.9"]}

    async def lookup(host: str, port: int) -> Sequence[str]:
        return names[host]

    assert await EgressPolicy.from_text(allow, resolver=lookup).resolve(host, port)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("allow", "host", "port"),
    [
        ("private.example:8123", "private.example", 80),
        ("*.example.com", "private.example", 80),
        ("10.0.1.0/24", "private.example", 80),
        ("127.0.0.1:8000", "127.0.0.1", 8001),
        ("*:8443", "private.example", 8443),
        ("metadata.example", "metadata.example", 80),
        ("zero.example", "zero.example", 80),
        ("private.example", "loop.example", 80),
        ("10.0.0.5", "both.example", 80),
    ],
)
async def test_opening_covers_no_more_than_it_says(allow: str, host: str, port: int) -> None:
    """A named host may be private, but never link-local, metadata or unspecified: those need their number."""
    with pytest.raises(EgressRefused):
        await EgressPolicy.from_text(allow, resolver=resolve).resolve(host, port)


@pytest.mark.parametrize(
    "entry", ["http://a.example", "a b:x", "10.0.0.0/99", "a.example:0", "*", "a..b", "host:70000"]
)
def test_unreadable_opening_is_refused_by_name(entry: str) -> None:
    with pytest.raises(ValueError, match="EGRESS_ALLOW"):
        EgressPolicy.from_text(entry)
