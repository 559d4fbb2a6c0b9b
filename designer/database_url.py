"""Connection settings from `DATABASE_URL` and `REDIS_URL`."""

from __future__ import annotations

from typing import Any

from designer.environment import EnvironmentProblem


def database_settings(url: str) -> dict[str, Any]:
    """Django's `DATABASES["default"]` for a `postgresql://` address, with psycopg's pool.

    Raises `EnvironmentProblem` when it is not an address of PostgreSQL.
    """
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        facts = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
    except ProgrammingError as error:
        raise EnvironmentProblem(
            f"DATABASE_URL is not a PostgreSQL address ({str(error).strip()})."
        ) from None
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    settings: dict[str, Any] = {names[key]: facts.pop(key) for key in list(facts) if key in names}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **settings,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**facts, "pool": {"min_size": 1, "max_size": 20, "timeout": 10}},
    }


def redis_address(url: str, database: int = 0) -> str:
    """The address for redis-py, Django's cache and channels-redis."""
    separator = "&" if "?" in url else "?"
    return f"{url}{separator}db={database}" if database else url


def celery_address(url: str) -> str:
    """Kombu's spelling: `redis+socket://PATH` for a unix socket."""
    return url.replace("unix://", "redis+socket://", 1) if url.startswith("unix://") else url
