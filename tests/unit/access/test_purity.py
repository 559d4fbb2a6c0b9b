from __future__ import annotations

import subprocess
import sys

CHECK = """
import sys
import accounts.access
loaded = {name.partition(".")[0] for name in sys.modules}
print(sorted(loaded & {"django", "rest_framework", "channels", "celery", "psycopg", "runtime", "designer"}))
"""


def test_access_decisions_load_no_framework() -> None:
    shown = subprocess.run([sys.executable, "-c", CHECK], capture_output=True, text=True, check=True)

    assert shown.stdout.strip() == "[]"
