"""What Django REST framework and drf-spectacular are told. Imports nothing, so settings may read it."""

from __future__ import annotations

from typing import Any

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.TokenAuthentication",
        "accounts.api.authentication.SessionAuthentication",
    ],
    # `AuthorizedView` decides. The test that walks all routes fails on a view without it.
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_PARSER_CLASSES": ["runtime.api.parsing.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["runtime.api.rendering.BodyRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "runtime.api.rendering.AlwaysJSON",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "designer.api.problems.exception_handler",
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Lockgate",
    "DESCRIPTION": "Workflows, drafts, versions, runs and datasets. Errors are application/problem+json.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # Requests and answers are different models already.
    "COMPONENT_SPLIT_REQUEST": False,
    "COMPONENT_SPLIT_PATCH": False,
    "SORT_OPERATIONS": True,
    "POSTPROCESSING_HOOKS": ["designer.api.openapi.finish_document"],
}
