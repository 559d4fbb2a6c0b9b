"""Runs for ever in the way that its first argument says, after telling that it has begun."""

import asyncio
import sys
import time

from kailash.runtime import AsyncLocalRuntime, LocalRuntime
from kailash.workflow.builder import WorkflowBuilder

from runtime import Node


class Sleeper(Node):
    """Blocks its thread."""

    type = "Sleeper"
    label = "Sleeper"
    category = "flow"
    icon = "test"
    blocking = True

    async def run(self, context):
        time.sleep(600)  # noqa: ASYNC251
        return {"result": None}


def tell(event):
    if event.type == "node.started":
        print("begun", flush=True)


way, url, *journal = sys.argv[1:]
parameters = {"event_sink": tell, "persist": journal[0] if journal else None}
workflow = WorkflowBuilder()
if way == "thread":
    workflow.add_node(Sleeper, "endless", {})
elif way == "http":
    workflow.add_node("HTTPRequestNode", "endless", {"url": url})
elif way in ("sandbox", "async", "inline"):
    workflow.add_node("PythonCodeNode", "endless", {"code": "while True:\n    result = 1"})
elif way == "wait":
    workflow.add_node("WaitNode", "endless", {"seconds": 600})

if way == "inline":
    parameters["sandbox"] = "inline"
if way == "script":
    print("begun", flush=True)
    while True:
        time.sleep(0.1)
elif way == "pool":
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor()
    pool.submit(time.sleep, 600)
    print("begun", flush=True)
    time.sleep(600)
elif way == "async":
    asyncio.run(AsyncLocalRuntime(**parameters).execute(workflow.build()))
else:
    LocalRuntime(**parameters).execute(workflow.build())
