"""How e-mail leaves, from `EMAIL_URL`."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from designer.environment import EnvironmentProblem

_BACKENDS = "django.core.mail.backends"
_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class MailSettings:
    """What Django's `EMAIL_*` settings are set to; by default nothing is sent."""

    backend: str = f"{_BACKENDS}.dummy.EmailBackend"
    sender: str = "Lockgate <lockgate@localhost>"
    host: str = "localhost"
    port: int = 25
    user: str = ""
    password: str = ""
    use_tls: bool = False
    use_ssl: bool = False

    @property
    def is_configured(self) -> bool:
        return not self.backend.endswith(".dummy.EmailBackend")


def mail_settings(url: str) -> MailSettings:
    """The settings for `smtp://`, `smtp+tls://` (STARTTLS) or `smtps://USER:PASSWORD@HOST:PORT?from=ADDRESS`,
    or `console://`. Raises `EnvironmentProblem` for an address that cannot be used.
    """
    if not url:
        return MailSettings()
    parts = urlsplit(url)
    sender = parse_qs(parts.query).get("from", [MailSettings().sender])[0]
    if parts.scheme == "console":
        return MailSettings(backend=f"{_BACKENDS}.console.EmailBackend", sender=sender)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise EnvironmentProblem("EMAIL_URL must be smtp://, smtp+tls:// or smtps://USER:PASSWORD@HOST:PORT.")
    return MailSettings(
        backend=f"{_BACKENDS}.smtp.EmailBackend",
        sender=sender,
        host=parts.hostname,
        port=parts.port or _PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_tls=parts.scheme == "smtp+tls",
        use_ssl=parts.scheme == "smtps",
    )
