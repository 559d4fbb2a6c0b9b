"""Settings of every process: web, worker, commands and tests. Read from the environment alone."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from typing import Any

from designer import environment
from designer.api.conf import REST_FRAMEWORK as REST_FRAMEWORK
from designer.api.conf import SPECTACULAR_SETTINGS as SPECTACULAR_SETTINGS
from designer.database_url import celery_address, database_settings, redis_address
from designer.embedded.locations import find_running
from designer.logs import log_settings
from designer.mail_url import mail_settings
from designer.static_headers import keep_hashed_files

BASE_DIR = environment.PROJECT_DIR
DATA_DIR = environment.data_dir()
_running = find_running(DATA_DIR)

DATABASE_URL = environment.read("DATABASE_URL") or (_running.database_url if _running else "")
REDIS_URL = environment.read("REDIS_URL") or (_running.redis_url if _running else "")
# True where `up` brings its own PostgreSQL: a laptop or a trial, not a deployment.
EMBEDDED = environment.read_bool("LOCKGATE_EMBEDDED", default=not environment.read("DATABASE_URL"))
PORT = environment.read_int("PORT", 8000)
DEBUG = False


def _secret_key() -> str:
    """`SECRET_KEY`; on embedded services a generated one, kept in `DATA_DIR`."""
    given = environment.read("SECRET_KEY")
    if given:
        if len(given) < 32:
            raise environment.EnvironmentProblem("SECRET_KEY is shorter than 32 characters.")
        return given
    if not EMBEDDED:
        raise environment.EnvironmentProblem(
            "DATABASE_URL is set but SECRET_KEY is not. "
            "Set SECRET_KEY (or SECRET_KEY_FILE) to at least 32 random characters."
        )
    path = DATA_DIR / "secret-key"
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return _keep_new_secret(path)


def _keep_new_secret(path: Path) -> str:
    """The first of several processes that start together wins: a link appears whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as handle:
        handle.write(secrets.token_urlsafe(48))
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
    return path.read_text(encoding="ascii").strip()


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = environment.read_list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")

INSTALLED_APPS = [
    "accounts",
    "runtime.apps.RuntimeConfigApp",
    "designer.apps.DesignerConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "django_vite",
]

MIDDLEWARE = [
    "designer.request_ids.RequestIdMiddleware",
    "accounts.acting.ActingMiddleware",
    "accounts.middleware.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.identity.middleware.SeenMiddleware",
    "accounts.deciding.DecisionMiddleware",
]

ROOT_URLCONF = "designer.urls"
ASGI_APPLICATION = "designer.asgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.page",
            ],
        },
    },
]

# Commands that need no database (building assets, making migrations, the schema) may run without an address.
DATABASES = {"default": database_settings(DATABASE_URL or "postgresql:///lockgate")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

_cache_prefix = environment.read("CHANNEL_PREFIX", "lockgate")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": redis_address(REDIS_URL or "redis://127.0.0.1:6379", 1),
        "KEY_PREFIX": _cache_prefix,
    },
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "runtime.live.layer.RedisLayer",
        "CONFIG": {
            # redis-py's default of 5 s would end every idle socket: channels-redis itself blocks for 5 s.
            "hosts": [{"address": REDIS_URL or "redis://127.0.0.1:6379", "socket_timeout": None}],
            "prefix": _cache_prefix,
            "capacity": 1000,
        },
    },
}
CELERY_APP = "designer.celery.app"
CELERY_BROKER_URL = celery_address(REDIS_URL or "redis://127.0.0.1:6379")
CELERY_QUEUE_PREFIX = environment.read("CELERY_QUEUE_PREFIX")

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [path for path in [BASE_DIR / "static" / "dist"] if path.is_dir()]
SERVESTATIC_USE_FINDERS = True
SERVESTATIC_ADD_HEADERS_FUNCTION = keep_hashed_files
SERVESTATIC_ALLOW_ALL_ORIGINS = False
DJANGO_VITE = {
    "default": {
        "dev_mode": False,
        "manifest_path": BASE_DIR / "static" / "dist" / ".vite" / "manifest.json",
    },
}

# Signing in: django-allauth, by e-mail alone, nobody signs up. Its rate limits count in the shared cache.
AUTHENTICATION_BACKENDS = ["accounts.backends.EngineBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/workflows"
ACCOUNT_LOGOUT_REDIRECT_URL = "/sign-in/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
# Second factors, passkeys and recovery codes. Every passkey verifies the person, so it also signs in alone.
ACCOUNT_FORMS = {"reset_password": "accounts.identity.forms.ResetForm"}
MFA_ADAPTER = "accounts.identity.mfa_adapter.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "accounts.identity.forms.CodeForm",
    "authenticate_webauthn": "accounts.identity.forms.PasskeyForm",
    "login_webauthn": "accounts.identity.forms.PasskeySignInForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RECOVERY_CODE_COUNT = 10
MFA_RECOVERY_CODE_DIGITS = 10
SESSION_ENGINE = "accounts.identity.session_store"
CSRF_FAILURE_VIEW = "accounts.pages.csrf_failure"

# Where people open the interface, for links in messages.
PUBLIC_URL = environment.read("PUBLIC_URL", f"http://localhost:{PORT}").rstrip("/")

_mail = mail_settings(environment.read("EMAIL_URL"))
EMAIL_CONFIGURED = _mail.is_configured
EMAIL_BACKEND = _mail.backend
DEFAULT_FROM_EMAIL = _mail.sender
EMAIL_HOST = _mail.host
EMAIL_PORT = _mail.port
EMAIL_HOST_USER = _mail.user
EMAIL_HOST_PASSWORD = _mail.password
EMAIL_USE_TLS = _mail.use_tls
EMAIL_USE_SSL = _mail.use_ssl
EMAIL_TIMEOUT = 10

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Behind TLS the operator says so; on loopback without TLS secure cookies would lock everybody out.
_tls = environment.read_bool("TLS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _tls
SECURE_HSTS_SECONDS = 31_536_000 if _tls else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _tls else None
CSRF_TRUSTED_ORIGINS = environment.read_list("TRUSTED_ORIGINS")

# Uploads stream to disk above this size; the caps per kind are enforced where they are received.
FILE_UPLOAD_MAX_MEMORY_SIZE = 1 << 20
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 << 20
API_MAX_BODY_MB = environment.read_int("API_MAX_BODY_MB", 10)
DATASET_MAX_MB = environment.read_int("DATASET_MAX_MB", 64)

# What seals credentials, and an earlier key while it is being replaced. On embedded services a generated
# key is kept in a file; elsewhere there are no credentials without `CREDENTIAL_KEY` or a key in Vault.
CREDENTIAL_KEY = environment.credential_key("CREDENTIAL_KEY")
CREDENTIAL_KEY_PREVIOUS = environment.credential_key("CREDENTIAL_KEY_PREVIOUS")
CREDENTIAL_KEY_VAULT = environment.credential_key_in_vault()
CREDENTIAL_KEY_PATH = DATA_DIR / "keys" / "credentials.key" if EMBEDDED else None
# What signs the seals of the audit trail; without it a key that follows from `SECRET_KEY`.
AUDIT_KEY = environment.credential_key("AUDIT_KEY")

SANDBOX_POLICY = environment.read("SANDBOX_POLICY", "isolated")
SANDBOX_PACKAGES = environment.read_list("SANDBOX_PACKAGES")
EGRESS_ALLOW = environment.read("EGRESS_ALLOW")
SQLITE_DIR = environment.read("SQLITE_DIR")
# Which language models steps may name, and who serves them.
LLM_MODELS = environment.llm_models()
# What the models of one workspace may use in a month; 0: no limit.
LLM_MONTHLY_TOKENS = environment.read_int("LLM_MONTHLY_TOKENS", 0)
LLM_MONTHLY_COST = environment.read_amount("LLM_MONTHLY_COST")
# What workflows and runs may only tighten: {runtime parameter: limit}.
RUNTIME_LIMITS = environment.runtime_limits()
RUN_SLOTS = environment.read_int("RUN_SLOTS", 50)
# Of all batches together, as many chunks does one worker work on at once.
BATCH_SLOTS = environment.read_int("BATCH_SLOTS", 16)
# How long a worker that stops lets runs go on before it leaves them to others, in seconds.
RUN_DRAIN_S = environment.read_int("RUN_DRAIN_S", 10)
# A worker says so often that it lives, and is taken for dead, and its runs go to others, after so long.
RUN_BEAT_S = environment.read_int("RUN_BEAT_S", 3)
RUN_LEASE_S = environment.read_int("RUN_LEASE_S", 10)
# How often a worker looks for runs to take when nobody tells it of any.
RUN_SWEEP_S = environment.read_int("RUN_SWEEP_S", 3)
# What one run, and all runs of a workflow, may store, in MiB; 0: as much as there is room.
RUN_MAX_STORED_MB = environment.read_int("RUN_MAX_STORED_MB", 1024)
WORKFLOW_MAX_STORED_MB = environment.read_int("WORKFLOW_MAX_STORED_MB", 0)
# For how long ended runs are kept where their workflow says nothing, in days; 0: for ever.
RUN_RETENTION_DAYS = environment.read_int("RUN_RETENTION_DAYS", 90)
# Where the OpenLineage events of runs are posted; empty: nowhere.
OPENLINEAGE_URL = environment.read("OPENLINEAGE_URL")
# How many runs of one workspace may be under way at once; 0: any number.
RUNS_PER_TENANT = environment.read_int("RUNS_PER_TENANT", 0)


# Whether whoever is on this machine itself reads `/metrics` without a token.
METRICS_OPEN = environment.read_bool("METRICS_OPEN")

# A collector of spans (OTLP over HTTP), and the headers that it asks for, `name=value,…`; none: no spans.
OTEL_ENDPOINT = environment.collector_address()
OTEL_HEADERS = environment.read("OTEL_EXPORTER_OTLP_HEADERS")

LOGGING = log_settings(
    environment.read("LOG_FORMAT", "text"),
    environment.read("LOG_LEVEL", "INFO"),
    with_traces=bool(OTEL_ENDPOINT),
)
