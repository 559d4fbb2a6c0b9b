from __future__ import annotations

import pytest

from designer.environment import EnvironmentProblem
from designer.mail_url import mail_settings


def test_without_an_address_nothing_is_sent() -> None:
    assert not mail_settings("").is_configured


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://mail.example", 25, False, False),
        ("smtp+tls://mail.example", 587, True, False),
        ("smtps://mail.example", 465, False, True),
        ("smtps://mail.example:2465", 2465, False, True),
    ],
)
def test_the_scheme_says_how_the_line_is_kept(url: str, port: int, tls: bool, ssl: bool) -> None:
    mail = mail_settings(url)

    assert mail.is_configured
    assert (mail.host, mail.port, mail.use_tls, mail.use_ssl) == ("mail.example", port, tls, ssl)


def test_names_may_hold_what_addresses_may_not() -> None:
    mail = mail_settings(
        "smtp+tls://me%40example.com:p%2Fw@mail.example?from=Flows%20%3Cflows@example.com%3E"
    )

    assert (mail.user, mail.password) == ("me@example.com", "p/w")
    assert mail.sender == "Flows <flows@example.com>"


def test_the_console_takes_mail_too() -> None:
    assert mail_settings("console://").is_configured


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://", "smtp:mail.example"])
def test_an_address_that_cannot_be_used_is_refused_without_telling_it(url: str) -> None:
    with pytest.raises(EnvironmentProblem) as problem:
        mail_settings(url)

    assert "mail.example" not in str(problem.value)
