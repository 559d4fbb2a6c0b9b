"""Addresses below /api/v1/ that nothing answers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from accounts.declared import SYSTEM, declared
from designer.api.problems import plain_problem


@declared(action=SYSTEM)
@csrf_exempt
def nothing(request: HttpRequest) -> HttpResponse:
    """404 for everybody, whether signed in or not."""
    hint = "" if request.path.endswith("/") else " Addresses of the API end with a slash."
    return plain_problem(request, 404, f"There is nothing at this address.{hint}")
