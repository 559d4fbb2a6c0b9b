"""What the README shows is what happens."""

from __future__ import annotations

import re
import subprocess
import sys

from designer.environment import PROJECT_DIR

README = (PROJECT_DIR / "README.md").read_text(encoding="utf-8")


def test_the_script_in_the_readme_prints_what_it_says() -> None:
    script = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert script
    promised = re.search(r"# (\d+)$", script.group(1), re.MULTILINE)
    assert promised

    ended = subprocess.run(
        [sys.executable, "-c", script.group(1)], capture_output=True, text=True, cwd=PROJECT_DIR, check=True
    )

    assert ended.stdout.split() == [promised.group(1)]


def test_every_file_that_the_readme_links_exists() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)

    assert links
    assert [link for link in links if not (PROJECT_DIR / link).exists()] == []


def test_every_setting_in_the_readme_is_read_somewhere() -> None:
    named = set(
        re.findall(r"`([A-Z][A-Z_]{3,})`", README.partition("## Settings")[2].partition("## More")[0])
    )
    code = "\n".join(path.read_text(encoding="utf-8") for path in PROJECT_DIR.glob("designer/**/*.py"))

    assert [name for name in sorted(named - {"NAME_FILE", "NAME"}) if f'"{name}"' not in code] == []


def test_the_engine_of_scripts_loads_no_framework() -> None:
    frameworks = ("django", "celery", "channels", "psycopg")
    code = f"import runtime, sys; print([name for name in {frameworks} if name in sys.modules])"

    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=PROJECT_DIR, check=True
    )

    assert ended.stdout.strip() == "[]"
