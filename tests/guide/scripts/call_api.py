"""The guide's call with a retry policy, once for each case on standard input; prints what happened."""

import json
import sys

from kailash.runtime.local import LocalRuntime
from kailash.workflow.builder import WorkflowBuilder

from runtime import RunFailed

GUIDE = {
    "max_retries": 3,
    "backoff_strategy": "exponential",
    "initial_delay": 0.01,
    "max_delay": 30.0,
    "retry_on_status": [500, 502, 503, 504],
}


def call(url, retry_config):
    workflow = WorkflowBuilder()
    workflow.add_node("HTTPRequestNode", "api_call", {"url": url, "retry_config": {**GUIDE, **retry_config}})
    events = []
    # A seed makes the jitter of all cases the same, so that they can be compared.
    with LocalRuntime(seed=11, event_sink=events.append) as runtime:
        try:
            results, _ = runtime.execute(workflow.build())
            outcome = {"status": results["api_call"]["result"]["status"]}
        except RunFailed as failure:
            outcome = {"error": failure.errors["api_call"]["code"]}
    delays = [event.data["delay_s"] for event in events if event.type == "node.retrying"]
    return {**outcome, "delays": delays}


cases = json.load(sys.stdin)
print(json.dumps({name: call(url, retry_config) for name, (url, retry_config) in cases.items()}))
