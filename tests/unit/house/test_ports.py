from __future__ import annotations

import socket

import pytest

from designer.supervisor import ports


def test_a_taken_port_gives_the_next_free_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        wanted = taken.getsockname()[1]

        port, bound = ports.bind_free(wanted, ("127.0.0.1",))

        assert port > wanted
        for each in bound:
            assert each.getsockname() == ("127.0.0.1", port)
            each.close()


def test_a_port_taken_on_one_host_counts_as_taken_on_all() -> None:
    try:
        taken = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    with taken:
        wanted = taken.getsockname()[1]

        port, bound = ports.bind_free(wanted, ("127.0.0.1", "::1"))

        assert port != wanted
        assert len(bound) == 2
        for each in bound:
            each.close()


def test_when_every_port_is_taken_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "TRIES", 1)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        wanted = taken.getsockname()[1]

        with pytest.raises(OSError, match="set PORT"):
            ports.bind_free(wanted, ("127.0.0.1",))
