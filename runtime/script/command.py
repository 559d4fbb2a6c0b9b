"""The command line of `python -m runtime`."""

from __future__ import annotations

import argparse
import linecache
import os
import sys
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import NoReturn

from runtime import aliases
from runtime.script import exits
from runtime.script.logs import show_logs
from runtime.script.report import report
from runtime.script.signals import leave, raise_on_signals
from runtime.script.source import NoScript, Script, read_script
from runtime.workspace_folder import default_workspace, set_default_workspace

_PROJECT = Path(__file__).resolve().parents[2]
_EXITS = f"""exit status:
  {exits.OK}    the script came to its end
  {exits.FAILED}    it raised an error: a run that failed, a workflow that cannot be built, ...
  {exits.USAGE}    there was nothing to run: no such file, not text, wrong options
  {exits.INTERRUPTED}  Ctrl-C
  {exits.TERMINATED}  SIGTERM
  A script's own sys.exit(n) is kept."""


def main(arguments: list[str] | None = None) -> NoReturn:
    """Runs the script that the arguments name and ends the process."""
    options = _parser().parse_args(arguments)
    try:
        script = read_script(options.script)
        set_default_workspace(_workspace(options.workspace))
    except NoScript as error:
        print(f"python -m runtime: {error}", file=sys.stderr)
        sys.exit(exits.USAGE)
    _prepare(script, options.arguments)
    show_logs()
    try:
        raise_on_signals()
        _run(script)
    except KeyboardInterrupt as interrupt:
        leave(interrupt)
    except BrokenPipeError:
        # Whoever read our output has gone; the interpreter must not fail on its last flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(exits.FAILED)
    except Exception as error:
        report(error, script, with_traceback=options.traceback)
        sys.exit(exits.FAILED)
    sys.exit(exits.OK)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m runtime",
        description="Run a script of workflows. Imports of the package kailash are resolved to this product.",
        epilog=_EXITS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--workspace", metavar="DIR", help="folder with datasets/, policies.json and credentials.json"
    )
    parser.add_argument("--traceback", action="store_true", help="show the whole traceback of an error")
    parser.add_argument("script", metavar="SCRIPT.py")
    parser.add_argument("arguments", metavar="ARGS", nargs=argparse.REMAINDER, help="the script's own")
    return parser


def _workspace(folder: str | None) -> Path | None:
    if folder is None:
        return None
    place = Path(folder)
    if not place.is_dir():
        problem = "is not a folder" if place.exists() else "does not exist"
        raise NoScript(f"the workspace {folder} {problem}")
    return place.resolve()


def _prepare(script: Script, arguments: list[str]) -> None:
    """What `python SCRIPT.py` sets up, and this product where the script's imports find it."""
    import accounts  # noqa: F401  (before a module of that name beside the script can take its place)

    sys.argv = [script.path, *arguments]
    _stand_on_rules(default_workspace())
    if not sys.flags.safe_path:
        sys.path[0] = str(script.folder)
    if str(_PROJECT) not in sys.path:
        sys.path.append(str(_PROJECT))
    aliases.install()


def _stand_on_rules(workspace: Path | None) -> None:
    """A manager that the script makes without rules goes by those of the workspace."""
    file = None if workspace is None else workspace / "policies.json"
    if file is None or not file.exists():
        return
    from accounts.access.document import read_file
    from accounts.access.grounds import stand_everywhere

    stand_everywhere(partial(read_file, file))


def _run(script: Script) -> None:
    # Errors show the script's lines as they were, wherever it goes and whatever it writes.
    linecache.cache[script.path] = (
        len(script.text),
        None,
        script.text.splitlines(keepends=True),
        script.path,
    )
    code = compile(script.text, script.path, "exec", dont_inherit=True)
    module = ModuleType("__main__")
    module.__file__ = script.path
    sys.modules["__main__"] = module
    exec(code, module.__dict__)  # noqa: S102  (running the script is what this command is for)
