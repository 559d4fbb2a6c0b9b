from __future__ import annotations

import time

import pytest
from django.test import Client

from runtime.host.worker import open_host

pytestmark = pytest.mark.django_db(transaction=True)


def test_alive_needs_nothing(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_ready_says_what_is_missing(client: Client) -> None:
    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["checks"] == {
        "database": "ok",
        "migrations": "ok",
        "broker": "ok",
        "workers": "no worker is alive",
    }


def test_ready_with_a_live_host_and_tells_about_the_sandbox(client: Client) -> None:
    host = open_host()
    host.start()
    try:
        response = client.get("/readyz")
        until = time.monotonic() + 10
        while client.get("/readyz").json()["sandbox"] == "starting" and time.monotonic() < until:
            time.sleep(0.05)
        sandbox = client.get("/readyz").json()["sandbox"]
    finally:
        host.stop()

    assert response.status_code == 200
    assert sandbox == "isolated" or sandbox.startswith("code is refused: ")


def test_ready_without_a_worker_again_after_the_last_one_stopped(client: Client) -> None:
    host = open_host()
    host.start()
    host.stop()

    assert client.get("/readyz").status_code == 503
