"""`python -m runtime [--workspace DIR] SCRIPT.py [ARGS...]`"""

from __future__ import annotations

from runtime.script.command import main

if __name__ == "__main__":
    main()
