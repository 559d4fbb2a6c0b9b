"""Runs a workflow by the runtime parameters on standard input; prints what happened.

The workflow calls every URL, and runs as many pieces of code as wanted, all side by side.
"""

import asyncio
import json
import sys
import time

from kailash.runtime import AsyncLocalRuntime, LocalRuntime
from kailash.workflow.builder import WorkflowBuilder

from runtime import RunFailed

case = json.load(sys.stdin)

workflow = WorkflowBuilder()
for number, url in enumerate(case.get("urls", [])):
    workflow.add_node("HTTPRequestNode", f"call_{number}", {"url": url})
for number in range(case.get("codes", 0)):
    code = "import time\nstarted = time.monotonic()\ntime.sleep(0.3)\nresult = [started, time.monotonic()]"
    workflow.add_node("PythonCodeNode", f"code_{number}", {"code": code})


def execute():
    if sys.argv[1] == "async":

        async def run():
            async with AsyncLocalRuntime(**case["parameters"]) as runtime:
                return await runtime.execute(workflow.build())

        return asyncio.run(run())
    with LocalRuntime(**case["parameters"]) as runtime:
        return runtime.execute(workflow.build())


started = time.monotonic()
try:
    results, run_id = execute()
    outcome = {"results": results}
except RunFailed as failure:
    outcome = {"error": str(failure), "errors": failure.errors}
print(json.dumps({**outcome, "seconds": time.monotonic() - started}))
