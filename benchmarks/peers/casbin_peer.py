"""Casbin, measured in an environment of its own: its rules by attributes. Prints one JSON object."""

from __future__ import annotations

import json
import time
from importlib.metadata import version
from types import SimpleNamespace
from typing import Any

import casbin  # type: ignore[import-not-found]
from access_questions import HOUR, policies_of, requests_of, users_of  # type: ignore[import-not-found]

COUNT = 40
MODEL = """
[request_definition]
r = sub, obj, act
[policy_definition]
p = rule, act, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = r.act == p.act && eval(p.rule)
"""


def rule(stated: dict[str, Any]) -> str:
    department = stated["department"]
    return (
        f"r.sub.clearance >= {stated['clearance']} && r.sub.level >= {stated['level']}"
        f" && within(r.sub.department, '{department}')"
        f" && r.obj.classification <= {stated['classification']} && r.obj.hour < {stated['before_hour']}"
    )


def within(actual: str, department: str) -> bool:
    return actual == department or actual.startswith(f"{department}.")


def main() -> None:
    model = casbin.Model()
    model.load_model_from_text(MODEL)
    engine = casbin.Enforcer(model)
    engine.add_function("within", within)
    engine.add_policies([[rule(each), each["action"], each["effect"]] for each in policies_of(1000)])
    users = [SimpleNamespace(**user) for user in users_of()]
    asked = requests_of(COUNT)
    began = time.process_time()
    answers = [
        bool(engine.enforce(users[user], SimpleNamespace(classification=level, hour=HOUR), action))
        for user, action, level in asked
    ]
    took = time.process_time() - began
    found = {"version": version("casbin"), "seconds": {"decision": took / COUNT}, "answers": answers}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
