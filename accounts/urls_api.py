"""Addresses below `/api/v1/`."""

from __future__ import annotations

from django.urls import path

from accounts.api.me import MeView, PasswordView
from accounts.api.tokens import TokensView, TokenView

urlpatterns = [
    path("me/", MeView.as_view(), name="me"),
    path("me/password/", PasswordView.as_view(), name="me-password"),
    path("tokens/", TokensView.as_view(), name="tokens"),
    path("tokens/<uuid:token_id>/", TokenView.as_view(), name="token"),
]
