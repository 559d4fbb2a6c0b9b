"""A script that may be stopped anywhere: run it again, and it goes on where it stopped.

It works out the coldest and the warmest hour of each month, one month after the other, and writes a dataset.
The journal is the file that `persist` names. With `seattle-temps.csv` in `my-workspace/datasets/`:

    python -m runtime --workspace my-workspace examples/resumable_script.py

Press Ctrl-C (or kill it) in the middle and start it again: the months that are done are not worked out again.
Once it has succeeded it only shows its results; delete the journal to begin anew.
"""

from __future__ import annotations

import sys

from runtime import LocalRuntime, Workflow, WorkflowBuilder

MONTHS = """
months = {}
for row in rows:
    months.setdefault(row["date"][5:7], []).append(float(row["temp"]))
result = [{"month": month, "temps": temps} for month, temps in sorted(months.items())]
"""

EXTREMES = """
import time

time.sleep(0.25)  # a month of real work, so that there is time to stop the script
print(f"month {item['month']} of {of}")
result = {"month": item["month"], "coldest": min(item["temps"]), "warmest": max(item["temps"])}
"""


def extremes_by_month() -> Workflow:
    """Read, group by month, a map over the months, write."""
    builder = WorkflowBuilder()
    builder.add_node("DatasetReadNode", "read", {"dataset": "seattle-temps"})
    builder.add_node("PythonCodeNode", "months", {"code": MONTHS})
    builder.add_node("MapNode", "each", {"max_concurrent": 1})
    builder.add_node("PythonCodeNode", "extremes", {"code": EXTREMES}, parent="each")
    builder.add_node("DatasetWriteNode", "write", {"dataset": "seattle-extremes"})
    builder.add_node("PythonCodeNode", "count", {"code": "result = len(months)"})
    builder.add_connection("read", "result", "months", "rows")
    builder.add_connection("months", "result", "each", "items")
    builder.add_connection("months", "result", "count", "months")
    builder.add_connection("count", "result", "each", "of")
    builder.add_connection("each", "item", "extremes", "item")
    builder.add_connection("each", "of", "extremes", "of")
    builder.add_connection("extremes", "result", "each", "value")
    builder.add_connection("each", "result", "write", "records")
    return builder.build()


def main(journal: str) -> None:
    with LocalRuntime(persist=journal) as runtime:
        results, run_id = runtime.execute(extremes_by_month())
    for month in results["each"]["result"]:
        print(f"{month['month']}: {month['coldest']:g} to {month['warmest']:g} °F")
    print(f"run {run_id}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "seattle-extremes.journal")
