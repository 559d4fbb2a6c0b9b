from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from designer import environment
from designer.database_url import celery_address, database_settings, redis_address


def test_a_setting_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from a file\n", encoding="utf-8")
    monkeypatch.setenv("SOMETHING_FILE", str(tmp_path / "key"))

    assert environment.read("SOMETHING") == "from a file"


def test_an_unreadable_file_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SOMETHING_FILE", str(tmp_path / "absent"))

    with pytest.raises(SystemExit, match="SOMETHING_FILE names .*absent"):
        environment.read("SOMETHING")


def test_a_number_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "eight")

    with pytest.raises(SystemExit, match="PORT is 'eight'"):
        environment.read_int("PORT", 8000)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "RUNTIME_LIMITS is not JSON that can be used"),
        ('{"timeout": NaN}', "NaN is not a JSON number"),
        ("[" * 100_000, "nested too deeply"),
        ("[]", "limits must be an object"),
        ('{"timeout": -1}', "the limit of timeout must be"),
        ('{"max_iterations": 1e99}', "the limit of max_iterations must be"),
        ('{"maxiterations": 5}', "Did you mean 'max_iterations'"),
        ('{"persist": "x"}', "'persist' is not a parameter that has a limit"),
        ('{"seed": 1}', "'seed' is not a parameter that has a limit"),
    ],
)
def test_limits_that_cannot_be_are_named(monkeypatch: pytest.MonkeyPatch, text: str, said: str) -> None:
    monkeypatch.setenv("RUNTIME_LIMITS", text)

    with pytest.raises(SystemExit, match="RUNTIME_LIMITS") as caught:
        environment.runtime_limits()

    assert said in str(caught.value)


def test_limits_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "limits.json").write_text('{"timeout": 600, "node_timeout": null}', encoding="utf-8")
    monkeypatch.setenv("RUNTIME_LIMITS_FILE", str(tmp_path / "limits.json"))

    assert environment.runtime_limits() == {"timeout": 600}


def test_production_refuses_to_start_without_its_own_secret(tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "DATABASE_URL": "postgresql://db.example/x", "DATA_DIR": str(tmp_path)}

    ended = subprocess.run(
        [sys.executable, "-c", "import designer.settings"],
        env=env, capture_output=True, text=True, cwd=environment.PROJECT_DIR, check=False,
    )  # fmt: skip

    assert ended.returncode != 0
    assert "SECRET_KEY" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_database_address_keeps_every_part() -> None:
    settings = database_settings("postgresql://me:p%40ss@db.example:5433/things?sslmode=require")

    assert settings["NAME"] == "things"
    assert settings["PASSWORD"] == "p@ss"
    assert (settings["HOST"], settings["PORT"]) == ("db.example", "5433")
    assert settings["OPTIONS"]["sslmode"] == "require"


def test_another_database_is_refused_in_one_line() -> None:
    with pytest.raises(SystemExit, match="DATABASE_URL is not a PostgreSQL address"):
        database_settings("mysql://x/y z")


def test_unix_sockets_are_spelled_as_each_library_wants_them() -> None:
    assert celery_address("unix:///run/valkey.sock") == "redis+socket:///run/valkey.sock"
    assert celery_address("redis://host:6379") == "redis://host:6379"
    assert redis_address("unix:///run/valkey.sock", 1) == "unix:///run/valkey.sock?db=1"


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "localhost:4318"}, "must be an address such as http://"),
        (
            {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
            "OTEL_EXPORTER_OTLP_PROTOCOL is 'grpc'; it must be http/protobuf",
        ),
    ],
)
def test_a_collector_that_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], said: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(SystemExit, match=said):
        environment.collector_address()


def test_a_collector_without_opentelemetry_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318")
    monkeypatch.setattr(environment, "find_spec", lambda name: None)

    with pytest.raises(SystemExit, match="Run: make otel"):
        environment.collector_address()
