"""Addresses below `/api/v1/`."""

from __future__ import annotations

from django.urls import path

from accounts.api.factors import (
    AppBeginView,
    AppView,
    FactorsView,
    PasskeyBeginView,
    PasskeysView,
    PasskeyView,
    RecoveryCodesView,
)
from accounts.api.me import MeView, PasswordView
from accounts.api.sessions import SessionsView, SessionView
from accounts.api.step_up import StepUpPasskeyView, StepUpView
from accounts.api.tokens import TokensView, TokenView

urlpatterns = [
    path("me/", MeView.as_view(), name="me"),
    path("me/password/", PasswordView.as_view(), name="me-password"),
    path("me/sessions/", SessionsView.as_view()),
    path("me/sessions/<uuid:session_id>/", SessionView.as_view()),
    path("me/factors/", FactorsView.as_view()),
    path("me/factors/app/", AppView.as_view()),
    path("me/factors/app/begin/", AppBeginView.as_view()),
    path("me/factors/recovery-codes/", RecoveryCodesView.as_view()),
    path("me/factors/passkeys/", PasskeysView.as_view()),
    path("me/factors/passkeys/begin/", PasskeyBeginView.as_view()),
    path("me/factors/passkeys/<int:passkey_id>/", PasskeyView.as_view()),
    path("me/step-up/", StepUpView.as_view()),
    path("me/step-up/passkey/", StepUpPasskeyView.as_view()),
    path("tokens/", TokensView.as_view(), name="tokens"),
    path("tokens/<uuid:token_id>/", TokenView.as_view(), name="token"),
]
