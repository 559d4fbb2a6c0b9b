"""Builds the front end into `static/dist/`, when its sources or its lock file changed.

`python static/build.py` builds; `--check` runs its linters, types and tests. Needs no Django.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

STATIC = Path(__file__).resolve().parent
PROJECT = STATIC.parent
UI, DIST = STATIC / "ui", STATIC / "dist"
# Sources outside static/ui that the build reads.
OUTSIDE = [PROJECT / "accounts" / "static" / "accounts" / "tokens.css"]
GENERATED = {"node_modules", "schema.d.ts", "coverage"}


def main(arguments: list[str]) -> int:
    try:
        _install_packages()
        if "--check" in arguments:
            return _check()
        _build()
    except subprocess.CalledProcessError as error:
        print(f"The front end could not be built: `{' '.join(error.cmd[1:])}` failed.", file=sys.stderr)
        return 1
    return 0


def _install_packages() -> None:
    stamp, wanted = UI / "node_modules" / ".stamp", _digest([UI / "package.json", UI / "package-lock.json"])
    if _read(stamp) == wanted:
        return
    print("Installing front-end packages", flush=True)
    _npm("ci", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error")
    stamp.write_text(wanted, encoding="ascii")


def _build() -> None:
    stamp, wanted = DIST / ".stamp", _digest(_sources())
    if _read(stamp) == wanted:
        return
    print("Building the front end", flush=True)
    _npm("run", "--silent", "build", "--", "--logLevel", "warn")
    # The web server sends FILE.gz where it lies beside FILE.
    subprocess.run([sys.executable, "-m", "servestatic.compress", "--quiet", str(DIST)], check=True)
    stamp.write_text(wanted, encoding="ascii")


def _check() -> int:
    """Every check runs, so that one call names all that is wrong."""
    _npm("run", "--silent", "api")
    failed = [name for name in ("lint", "types", "test") if _npm("run", "--silent", name, check=False)]
    if failed:
        print(f"Front end: {', '.join(failed)} failed.", file=sys.stderr)
    return 1 if failed else 0


def _npm(*arguments: str, check: bool = True) -> int:
    tools = str(Path(sys.executable).parent)
    npm = shutil.which("npm", path=tools)
    if npm is None:
        raise SystemExit("npm is missing from the environment: run `make setup`.")
    env = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', '')}"}
    env["NPM_CONFIG_UPDATE_NOTIFIER"] = "false"
    done = subprocess.run([npm, *arguments], cwd=UI, env=env, check=False, capture_output=True, text=True)
    if done.returncode:
        print(done.stdout, done.stderr, sep="", file=sys.stderr)
        if check:
            done.check_returncode()
    return done.returncode


def _sources() -> list[Path]:
    found: list[Path] = []
    for folder, folders, files in os.walk(UI):
        folders[:] = [name for name in folders if name not in GENERATED]
        found += [Path(folder, name) for name in files if name not in GENERATED]
    return sorted(found) + OUTSIDE


def _digest(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.relative_to(PROJECT).as_posix().encode() + b"\0")
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except OSError:
        return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
