"""What every template may use."""

from __future__ import annotations

from django.http import HttpRequest

THEMES = frozenset({"light", "dark", "contrast"})


def page(request: HttpRequest) -> dict[str, str]:
    """`csp_nonce` for script and style elements; `theme` as chosen, empty to follow the system."""
    theme = request.COOKIES.get("theme", "")
    return {"csp_nonce": getattr(request, "csp_nonce", ""), "theme": theme if theme in THEMES else ""}
