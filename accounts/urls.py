"""Sign-in and the pages around it, the shell of the interface, and Django's admin for superusers."""

from __future__ import annotations

from allauth.account import views
from django.urls import path, re_path

from accounts import pages
from accounts.admin_site import site
from accounts.identity import pages as identity_pages
from accounts.invitation_page import InvitationView

_ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

urlpatterns = [
    path("", pages.home, name="home"),
    path("favicon.ico", pages.favicon, name="favicon"),
    re_path(rf"^(?:workflows|runs|policies)(?:/{_ID})?/?$", pages.shell, name="shell-work"),
    re_path(
        r"^(?:datasets|templates|triggers|credentials|approvals|requests|masking|audit|notices|account|identity)/?$",
        pages.shell,
        name="shell",
    ),
    re_path(r"^people(?:/(?:roles|attributes))?/?$", pages.shell, name="shell-people"),
    re_path(r"^lineage/?$", pages.shell, name="shell-lineage"),
    re_path(r"^compliance(?:/(?:reports|alerts))?/?$", pages.shell, name="shell-compliance"),
    path("sign-in/", identity_pages.SignInView.as_view(), name="account_login"),
    path("sign-in/code/", identity_pages.SecondFactorView.as_view(), name="mfa_authenticate"),
    path("sign-in/passkey/", identity_pages.PasskeySignInView.as_view(), name="mfa_login_webauthn"),
    path("sign-in/inactive/", views.account_inactive, name="account_inactive"),
    path("sign-out/", views.logout, name="account_logout"),
    path("invitation/<str:secret>/", InvitationView.as_view(), name="invitation"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/reset/", pages.ResetView.as_view(), name="account_reset_password"),
    path("password/reset/sent/", views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/done/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("django-admin/", site.urls),
]
