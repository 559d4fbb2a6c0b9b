"""`python -m benchmarks.one NAME`: one benchmark in this process; figures and remarks as lines of JSON."""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import asdict


def main(name: str) -> None:
    for figure in importlib.import_module(f"benchmarks.{name}").figures():
        print(json.dumps(asdict(figure)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
