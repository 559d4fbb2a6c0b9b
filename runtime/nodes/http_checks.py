"""What is wrong with the configuration of a step that calls an address, beyond its schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from runtime.engine.problems import Problem
from runtime.engine.templates import has_template
from runtime.net.headers import header_complaint


def url_problems(url: str) -> list[Problem]:
    field = "config.url"
    try:
        parts = urlsplit(url)
        host = parts.hostname if not has_template(parts.netloc) else parts.netloc
        _ = None if has_template(parts.netloc) else parts.port
    except ValueError as error:
        return [Problem("invalid_url", f"not a URL: {error}", field=field)]
    if has_template(url) and ("://" not in url or has_template(parts.netloc)):
        message = "a parameter decides which host is called"
        hint = "Write scheme and host out and end the host with '/', unless a run may choose it."
        return [Problem("templated_host", message, field=field, severity="warning", hint=hint)]
    if parts.scheme not in ("http", "https"):
        return [Problem("invalid_url", "use https:// or http://", field=field)]
    if not host:
        return [Problem("invalid_url", "the URL names no host", field=field)]
    if "@" in parts.netloc:
        return [
            Problem("invalid_url", "send user name and password as a header, not in the URL", field=field)
        ]
    return []


def effect_problems(config: Mapping[str, Any]) -> list[Problem]:
    given = config.get("at_most_once")
    if not (isinstance(given, str) and has_template(given)):
        return []
    message = "at_most_once cannot be a template: whether a request may be repeated is decided before the run"
    return [Problem("invalid_parameter", message, field="config.at_most_once")]


def credential_problems(config: Mapping[str, Any]) -> list[Problem]:
    credential, headers = config.get("credential"), config.get("headers")
    if not isinstance(credential, Mapping):
        return []
    name = str(credential.get("header") or "Authorization")
    if isinstance(headers, Mapping) and name.lower() in {str(given).lower() for given in headers}:
        message = f"the header '{name}' is set by hand and by the credential"
        hint = "Remove the header; the credential fills it when the request is made."
        return [Problem("invalid_header", message, field=f"config.headers.{name}", hint=hint)]
    if str(config["url"]).startswith("http://"):
        message = "the credential travels unencrypted over http://"
        return [Problem("unencrypted_credential", message, field="config.url", severity="warning")]
    return []


def header_problems(headers: Any) -> list[Problem]:
    """Nothing for a template that stands for all headers: it is judged when it is sent."""
    if not isinstance(headers, Mapping):
        return []
    return [
        Problem("invalid_header", complaint, field=f"config.headers.{name}")
        for name, value in headers.items()
        if (complaint := header_complaint(name, value)) is not None
    ]


def paging_problems(config: Mapping[str, Any]) -> list[Problem]:
    """Pages are asked for again and again, which only GET allows, and not at most once."""
    if config.get("pagination") is None:
        return []
    method = config.get("method", "GET")
    if method != "GET":
        message = f"pages are read with GET, not {method}"
        return [Problem("paging_method", message, field="config.method", hint="Use GET, or no paging.")]
    if config.get("at_most_once") is True:
        message = "a request that is sent at most once has no pages"
        return [
            Problem("paging_method", message, field="config.at_most_once", hint="Switch one of both off.")
        ]
    return []
