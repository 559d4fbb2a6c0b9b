from __future__ import annotations

import socket

import pytest

from designer.supervisor.up import LOOPBACK, address_of, probe_of


@pytest.mark.parametrize(
    ("allowed", "name"),
    [
        ("lockgate.example,other.example", "lockgate.example"),
        (".example.org", "example.org"),
        ("*", "localhost"),
    ],
)
def test_the_probe_uses_a_host_name_that_the_operator_allows(
    monkeypatch: pytest.MonkeyPatch, allowed: str, name: str
) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", allowed)
    with socket.create_server(("127.0.0.1", 0)) as bound:
        probe = probe_of(bound)

    assert probe.get_header("Host") == name


def test_the_probe_asks_the_address_that_is_listened_on() -> None:
    with socket.create_server(("127.0.0.2", 0)) as bound:
        probe = probe_of(bound)

        assert probe.full_url == f"http://127.0.0.2:{bound.getsockname()[1]}/readyz"


def test_the_printed_address_is_the_one_to_type() -> None:
    assert address_of(LOOPBACK, 8000) == "http://localhost:8000"
    assert address_of(("127.0.0.2",), 8000) == "http://127.0.0.2:8000"
    assert address_of(("::1",), 8000) == "http://[::1]:8000"
