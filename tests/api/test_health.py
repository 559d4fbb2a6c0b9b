from __future__ import annotations

import logging
import time

import pytest
from django.test import Client

from designer import health
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


def test_what_is_missing_is_logged_when_it_changes_and_not_for_each_question(
    client: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_known_as_missing", None)
    caplog.set_level(logging.INFO)

    for _ in range(3):
        assert client.get("/readyz").status_code == 503
    monkeypatch.setattr(health, "CHECKS", {"database": health.CHECKS["database"]})
    for _ in range(2):
        assert client.get("/readyz").status_code == 200

    said = [
        record.getMessage() for record in caplog.records if record.name.startswith(("designer", "django"))
    ]
    assert said == ["not ready: workers: no worker is alive", "ready"]
