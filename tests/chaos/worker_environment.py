"""What a worker process of a test finds in its environment: the test's database and the test's broker."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote, urlencode

from django.db import connection

from tests.chaos import effects

# What a product or a Celery worker is started with where a test waits for the end of a lease.
SHORT_LEASES = {"RUN_LEASE_S": "3", "RUN_BEAT_S": "1", "RUN_SWEEP_S": "1"}


def worker_environment() -> dict[str, str]:
    facts = connection.settings_dict
    query = {key: str(facts[name]) for key, name in (("host", "HOST"), ("port", "PORT")) if facts[name]}
    user = f"{quote(facts['USER'])}@" if facts["USER"] else ""
    url = f"postgresql://{user}/{quote(facts['NAME'])}?{urlencode(query)}"
    return {
        **os.environ,
        "DATABASE_URL": url,
        "LOCKGATE_EMBEDDED": "1",
        "EGRESS_ALLOW": "127.0.0.1,localhost",
        "PYTHONPATH": str(Path(__file__).parents[2]),
        effects.VARIABLE: os.environ.get(effects.VARIABLE, ""),
    }
