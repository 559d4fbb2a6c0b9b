"""`python -m runtime.persist JOURNAL [RUN STEP again|done [OUTPUTS]]`: shows a journal, or settles a step."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from runtime.engine.errors import OutputError
from runtime.engine.outputs import check_json
from runtime.persist.errors import JournalError
from runtime.persist.file import JournalFile, Section
from runtime.persist.lines import Decision


class Refused(Exception):
    """The command cannot be carried out; the message says why."""


def main(arguments: list[str] | None = None) -> int:
    """The exit status: 0, or 2 when the command cannot be carried out."""
    options = _parser().parse_args(arguments)
    try:
        if not Path(options.journal).exists():
            raise Refused(f"there is no journal {options.journal}")
        file = JournalFile(Path(options.journal))
        try:
            print(_decide(file, options) if options.run else _overview(file))
        finally:
            file.close()
    except (JournalError, Refused) as error:
        print(f"python -m runtime.persist: {error}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m runtime.persist",
        description="Show the runs in a journal; or say of a step that may run at most once, in which the "
        "script ended, whether it took effect.",
    )
    parser.add_argument("journal", metavar="JOURNAL")
    parser.add_argument("run", metavar="RUN", nargs="?", help="the id of an unsuccessful run")
    parser.add_argument("step", metavar="STEP", nargs="?", help="the step, as the error names it")
    parser.add_argument(
        "verdict", nargs="?", choices=("again", "done"), help="run it again, or take it as done"
    )
    parser.add_argument("outputs", metavar="OUTPUTS", nargs="?", help='its outputs by port: {"result": ...}')
    return parser


def _overview(file: JournalFile) -> str:
    lines = [_describe(section) for section in file.sections.values()]
    return "\n".join(lines) or "The journal holds no runs."


def _describe(section: Section) -> str:
    header = section.header
    status = "unfinished" if section.end is None else section.end.value.removeprefix("run.")
    part = "" if header.request.mode == "full" else f", {header.request.mode} {header.request.node}"
    replay = f", begun with the results of {header.replays}" if header.replays else ""
    return f"{header.run}  {status}, {section.seq} events{part}{replay}"


def _decide(file: JournalFile, options: argparse.Namespace) -> str:
    section = file.sections.get(options.run)
    if section is None:
        raise Refused(f"the journal has no run {options.run}")
    if options.step is None or options.verdict is None:
        raise Refused("name the step and 'again' or 'done'")
    if not any(event.node == options.step for event in file.events(section)):
        raise Refused(f"the run {options.run} never began a step {options.step!r}")
    outputs = _outputs(options.outputs) if options.verdict == "done" else None
    if outputs is not None and section.end is not None and "/" in options.step:
        raise Refused(
            "the run has ended and the step's container begins anew, so the step can only run again"
        )
    file.decide(section, Decision(options.run, options.step, options.verdict, outputs))
    effect = "runs again" if outputs is None else "counts as done"
    return f"The step {options.step} {effect} when the script is run again."


def _outputs(text: str | None) -> dict[str, Any]:
    if text is None:
        raise Refused("'done' needs the outputs of the step, such as '{\"result\": null}'")
    try:
        outputs = check_json(json.loads(text), "outputs")
    except (ValueError, OutputError) as error:
        raise Refused(f"the outputs are not JSON: {error}") from None
    if not isinstance(outputs, dict):
        raise Refused("the outputs are an object of ports, such as '{\"result\": null}'")
    return outputs


if __name__ == "__main__":
    sys.exit(main())
