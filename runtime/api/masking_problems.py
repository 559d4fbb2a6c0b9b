"""Refusals of parts that are asked for by themselves."""

from __future__ import annotations

from dataclasses import asdict

from runtime.api.errors import ApiProblem
from runtime.masking.shown import Denial


def refused(denial: Denial) -> ApiProblem:
    """403 with what a refusal of anything else says."""
    return ApiProblem(403, "forbidden", denial.reason, extra=asdict(denial))
