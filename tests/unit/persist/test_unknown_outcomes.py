"""Steps that may run once, found in the middle: a person decides, by the command of journals."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime import RunFailed, WorkflowBuilder
from runtime.builder import Workflow
from runtime.persist import OutcomeUnknown
from runtime.persist.__main__ import main as journal_command
from tests.unit.persist.probe import BROKEN, RAN, Probe, cut_after, execute, workflow


class TestAtMostOnce:
    @pytest.fixture
    def stopped(self, journal: Path) -> tuple[Workflow, str]:
        """A script died while `b` ran."""
        built = workflow(effect="at_most_once")
        _, run_id = execute(journal, built)
        cut_after(journal, "node.started", "b")
        RAN.clear()
        return built, run_id

    def test_a_step_that_may_have_taken_effect_is_not_run_again(
        self, journal: Path, stopped: tuple[Workflow, str]
    ) -> None:
        with pytest.raises(OutcomeUnknown, match="'b'") as unknown:
            execute(journal, stopped[0])

        assert unknown.value.code == unknown.value.errors["b"]["code"] == "outcome_unknown"
        assert (
            f"python -m runtime.persist {journal} {stopped[1]} b again"
            in unknown.value.errors["b"]["message"]
        )
        assert unknown.value.results == {"a": {"result": {"value": 1}}}
        assert RAN == {}

    def test_a_person_may_say_that_it_runs_again(
        self, journal: Path, stopped: tuple[Workflow, str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert journal_command([str(journal), stopped[1], "b", "again"]) == 0

        results, run_id = execute(journal, stopped[0])

        assert "runs again when the script is run again" in capsys.readouterr().out
        assert run_id == stopped[1]
        assert results["b"]["result"]["before"] == {"value": 1}
        assert RAN == {"b": 1}

    def test_a_person_may_say_that_it_is_done(self, journal: Path, stopped: tuple[Workflow, str]) -> None:
        assert journal_command([str(journal), stopped[1], "b", "done", '{"result": "paid"}']) == 0

        results, run_id = execute(journal, stopped[0])

        assert run_id == stopped[1]
        assert results["b"] == {"result": "paid"}
        assert RAN == {}

    def test_a_step_of_a_loop_is_not_run_again_when_the_loop_begins_anew(self, journal: Path) -> None:
        builder = WorkflowBuilder()
        builder.add_node("LoopNode", "rounds", {"max_iterations": 3})
        builder.add_node(Probe, "pay", {"effect": "at_most_once"}, parent="rounds")
        builder.add_node(Probe, "check", {}, parent="rounds")
        builder.add_connection("pay", "result", "check", "paid")
        BROKEN.add("rounds/2/check")
        with pytest.raises(RunFailed) as failed:
            execute(journal, builder.build())
        BROKEN.clear()

        with pytest.raises(OutcomeUnknown) as unknown:
            execute(journal, builder.build())

        assert set(unknown.value.errors) == {"rounds/1/pay", "rounds/2/pay"}
        run = failed.value.run_id
        assert journal_command([str(journal), run, "rounds/1/pay", "done", "{}"]) == 2
        for number in (1, 2):
            assert journal_command([str(journal), run, f"rounds/{number}/pay", "again"]) == 0
        execute(journal, builder.build())
        assert RAN["rounds/1/pay"] == RAN["rounds/2/pay"] == 2

    @pytest.mark.parametrize(
        ("arguments", "complaint"),
        [
            (["RUN", "c", "again"], "never began a step 'c'"),
            (["nobody", "b", "again"], "no run nobody"),
            (["RUN", "b", "done"], "needs the outputs"),
            (["RUN", "b", "done", "{"], "not JSON"),
            (["RUN", "b", "done", "1"], "an object of ports"),
            (["RUN", "b"], "name the step and"),
        ],
    )
    def test_what_cannot_be_decided_is_told(
        self,
        journal: Path,
        stopped: tuple[Workflow, str],
        capsys: pytest.CaptureFixture[str],
        arguments: list[str],
        complaint: str,
    ) -> None:
        given = [stopped[1] if item == "RUN" else item for item in arguments]

        assert journal_command([str(journal), *given]) == 2
        assert complaint in capsys.readouterr().err


def test_the_command_lists_the_runs_of_a_journal(journal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, run_id = execute(journal, workflow())
    cut_after(journal, "node.succeeded", "a")

    assert journal_command([str(journal)]) == 0
    assert capsys.readouterr().out == f"{run_id}  unfinished, 3 events\n"
