"""Runs a workflow for each case on standard input, by its runtime parameters; prints what happened.

The workflow calls every URL, and runs as many pieces of code as wanted, all side by side.
"""

import asyncio
import json
import sys
import time

from kailash.runtime import AsyncLocalRuntime, LocalRuntime
from kailash.workflow.builder import WorkflowBuilder

from runtime import RunFailed

CODE = "import time\nstarted = time.monotonic()\ntime.sleep(0.3)\nresult = [started, time.monotonic()]"


def workflow_of(case):
    workflow = WorkflowBuilder()
    for number, url in enumerate(case.get("urls", [])):
        workflow.add_node("HTTPRequestNode", f"call_{number}", {"url": url})
    for number in range(case.get("codes", 0)):
        workflow.add_node("PythonCodeNode", f"code_{number}", {"code": CODE})
    return workflow.build()


def execute(kind, case):
    if kind == "async":

        async def run():
            async with AsyncLocalRuntime(**case["parameters"]) as runtime:
                return await runtime.execute(workflow_of(case))

        return asyncio.run(run())
    with LocalRuntime(**case["parameters"]) as runtime:
        return runtime.execute(workflow_of(case))


def outcome_of(kind, case):
    started = time.monotonic()
    try:
        results, _ = execute(kind, case)
        outcome = {"results": results}
    except RunFailed as failure:
        outcome = {"error": str(failure), "errors": failure.errors}
    return {**outcome, "seconds": time.monotonic() - started}


cases = json.load(sys.stdin)
print(json.dumps({name: outcome_of(sys.argv[1], case) for name, case in cases.items()}))
