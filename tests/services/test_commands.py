"""`demo` and `run_workflow`, as typed."""

from __future__ import annotations

import io
import json
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils import timezone

from accounts.models import MaskingRule, Policy, PolicyRevision, User
from designer.management.commands.run_workflow import _host
from runtime.models import TERMINAL, Dataset, Run, Workflow
from runtime.queries.callers import callers_of
from tests.contract import Api
from tests.people import make_tenant, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    with override_settings(DATA_DIR=tmp_path / "data"):
        yield tmp_path / "data"


@pytest.fixture
def graph_file(tmp_path: Path) -> Path:
    return write_graph(tmp_path, "result = amount * 2")


def write_graph(folder: Path, code: str) -> Path:
    path = folder / "double.json"
    node = {"id": "double", "type": "PythonCodeNode", "config": {"code": code}}
    path.write_text(json.dumps({"nodes": [node]}))
    return path


def run(*arguments: Any) -> str:
    out = io.StringIO()
    call_command("run_workflow", *(str(argument) for argument in arguments), stdout=out)
    return out.getvalue()


def test_demo_makes_a_workspace_that_a_person_can_sign_in_to(data_dir: Path) -> None:
    out = io.StringIO()
    call_command("demo", stdout=out)

    kept = data_dir / "first-sign-in.txt"
    email, password = (line.split(": ", 1)[1] for line in kept.read_text().strip().splitlines())
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert email == "owner@demo.local"
    assert authenticate(None, username=email, password=password) is not None
    assert password in out.getvalue()
    assert set(User.objects.values_list("email", flat=True)) == {
        f"{role}@demo.local"
        for role in ("owner", "admin", "editor", "operator", "analyst", "viewer", "auditor")
    }
    assert {dataset.name: dataset.rows for dataset in Dataset.objects.all()} == {
        "seattle-temps": 8759,
        "sf-temps": 8759,
        "airports": 3376,
    }
    assert Workflow.objects.count() >= 5
    assert set(Workflow.objects.values_list("published_number", flat=True)) == {1}


def test_demo_again_changes_nothing_and_a_password_given_is_set(data_dir: Path) -> None:
    call_command("demo", "--password", "first password", stdout=io.StringIO())
    kept = (User, Dataset, Workflow, Run, Policy, PolicyRevision, MaskingRule)
    before = {model: model.objects.count() for model in kept}
    again = io.StringIO()
    call_command("demo", stdout=again)
    unchanged = authenticate(None, username="viewer@demo.local", password="first password")
    call_command("demo", "--password", "second password", stdout=io.StringIO())

    assert {model: model.objects.count() for model in before} == before
    assert "first password" not in again.getvalue()
    assert unchanged is not None
    assert authenticate(None, username="viewer@demo.local", password="second password") is not None
    assert "second password" in (data_dir / "first-sign-in.txt").read_text()


def test_the_demos_loop_map_and_sub_workflow_run(data_dir: Path) -> None:
    call_command("demo", stdout=io.StringIO())
    names = {"Airports in pages", "Applicants", "City by month", "Two cities"}
    caller, callee = (Workflow.objects.get(name=name) for name in ("Two cities", "City by month"))

    with _host() as ring:
        ring()
        until = time.monotonic() + 30
        while time.monotonic() < until:
            ended = Run.objects.filter(workflow__name__in=names, status__in=TERMINAL)
            if ended.count() == len(names):
                break
            time.sleep(0.05)

    assert {(run.workflow.name, run.status) for run in ended} == {(name, "succeeded") for name in names}
    assert list(callers_of(callee)) == [caller]
    assert incomes_of_ada() == {"editor": 5200, "analyst": "4K-6K", "operator": None}


def incomes_of_ada() -> dict[str, Any]:
    """By role, what the demo's people see of it in the run of Applicants; None: nothing of the data."""
    address = f"runs/{Run.objects.get(workflow__name='Applicants').pk}/nodes/applicants/"
    seen = {}
    for role in ("editor", "analyst", "operator"):
        response = Api(User.objects.get(email=f"{role}@demo.local")).get(address)
        outputs = response.json().get("outputs")
        seen[role] = outputs["result"][0]["income"] if response.status_code == 200 and outputs else None
    return seen


def test_the_demo_does_not_bring_back_what_was_deleted(data_dir: Path) -> None:
    call_command("demo", stdout=io.StringIO())
    Workflow.objects.filter(name="City by month").update(deleted_at=timezone.now())
    Workflow.objects.filter(name="Two cities").delete()

    call_command("demo", stdout=io.StringIO())

    assert not Workflow.objects.filter(name="Two cities").exists()
    assert not Workflow.objects.filter(name="City by month", deleted_at=None).exists()


def test_a_file_runs_without_a_worker_and_prints_states_as_they_come(db: None, graph_file: Path) -> None:
    make_tenant()

    said = run(graph_file, "--parameters", '{"double": {"amount": 21}}', "--watch").splitlines()

    assert said[0] == f"run {Run.objects.get().pk}"
    assert any("node.succeeded double" in line for line in said)
    assert said[-1] == "status succeeded"


def test_running_a_file_again_edits_its_workflow_instead_of_adding_one(
    tmp_path: Path, graph_file: Path
) -> None:
    make_tenant()
    run(graph_file, "--parameters", '{"double": {"amount": 1}}')
    run(write_graph(tmp_path, "result = 5"))

    assert Workflow.objects.count() == 1
    assert Run.objects.count() == 2


def test_a_run_that_fails_exits_with_1_and_says_where(tmp_path: Path) -> None:
    make_tenant()

    with pytest.raises(CommandError) as caught:
        run(write_graph(tmp_path, "result = 1 / 0"))

    assert caught.value.returncode == 1
    assert "double" in str(caught.value) and "ZeroDivisionError" in str(caught.value)


def test_a_workflow_runs_by_its_id_as_a_person(tmp_path: Path) -> None:
    tenant = make_tenant()
    user = make_user(tenant, "operator")
    run(write_graph(tmp_path, "result = 1"))

    said = run(Workflow.objects.get().pk, "--user", user.email)

    assert said.splitlines()[-1] == "status succeeded"
    assert Run.objects.order_by("number").last().requested_by == user  # type: ignore[union-attr]


@pytest.fixture
def chain_file(tmp_path: Path) -> Path:
    path = tmp_path / "chain.json"
    nodes = [
        {"id": "first", "type": "PythonCodeNode", "config": {"code": "result = 20"}},
        {"id": "second", "type": "PythonCodeNode", "config": {"code": "result = value + 1"}},
    ]
    wire = {"source": "first", "output": "result", "target": "second", "input": "value"}
    path.write_text(json.dumps({"nodes": nodes, "connections": [wire]}))
    return path


def test_a_part_of_a_workflow_runs_with_settings_of_its_own(chain_file: Path) -> None:
    make_tenant()

    run(chain_file, "--mode", "to_node", "--node", "first", "--run-settings", '{"max_workers": 2}')
    said = run(chain_file, "--mode", "single", "--node", "second", "--watch")

    first, second = Run.objects.order_by("number")
    assert (first.mode, first.node, first.settings) == ("to_node", "first", {"max_workers": 2})
    assert "second" in said and second.status == "succeeded"
    assert list(second.prior) == [str(first.pk)], "the operator reads any run's results"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--mode", "half"], "invalid choice"),
        (["--mode", "single"], "--mode single needs --node"),
        (["--node", "first"], "--node needs one of --mode to_node, from_node, single"),
        (["--mode", "single", "--node", "ghost"], "'ghost' is not a node"),
        (["--mode", "single", "--node", "second"], "no earlier result"),
        (["--run-settings", "["], "--run-settings is not JSON"),
        (["--run-settings", "[]"], "--run-settings must be a JSON object"),
        (["--run-settings", '{"timeout": NaN}'], "settings.timeout"),
        (["--run-settings", '{"persist": "x"}'], "settings.persist"),
    ],
)
def test_a_part_or_a_setting_that_cannot_be_says_why(
    chain_file: Path, arguments: list[str], said: str
) -> None:
    make_tenant()

    with pytest.raises(CommandError) as caught:
        run(chain_file, *arguments)

    assert said in str(caught.value)
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing.json"], "cannot be read"),
        ([str(uuid4())], "There is no workflow"),
        (["FILE", "--parameters", "{"], "--parameters is not JSON"),
        (["FILE", "--parameters", "[]"], "must be a JSON object"),
        (["FILE"], "inputs.amount"),
        (["FILE", "--parameters", '{"double": {"amount": 1}, "x": 1}'], "parameters.x"),
        (["FILE", "--tenant", "nowhere"], "--tenant"),
        (["FILE", "--user", "nobody@example.com"], "nobody@example.com"),
        (["BROKEN"], "is not JSON"),
    ],
)
def test_what_cannot_run_says_why(tmp_path: Path, graph_file: Path, arguments: list[str], said: str) -> None:
    make_tenant()
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    files = {"FILE": str(graph_file), "BROKEN": str(broken)}

    with pytest.raises(CommandError) as caught:
        run(*(files.get(argument, argument) for argument in arguments))

    assert said in str(caught.value)


def test_a_person_does_not_run_another_workspaces_workflow(tmp_path: Path) -> None:
    make_tenant()
    run(write_graph(tmp_path, "result = 1"))
    stranger = make_user(make_tenant("Other"), "owner")

    with pytest.raises(CommandError):
        run(Workflow.objects.get().pk, "--user", stranger.email)


def test_a_viewer_does_not_run_workflows_by_command_either(tmp_path: Path) -> None:
    tenant = make_tenant()
    viewer = make_user(tenant, "viewer")

    with pytest.raises(CommandError):
        run(write_graph(tmp_path, "result = 1"), "--user", viewer.email)

    assert not Workflow.objects.exists()
