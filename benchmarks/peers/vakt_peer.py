"""Vakt, measured in an environment of its own: policies in memory. Prints one JSON object."""

from __future__ import annotations

import json
import time
from importlib.metadata import version
from typing import Any

from access_questions import HOUR, policies_of, requests_of, users_of  # type: ignore[import-not-found]
from vakt import (  # type: ignore[import-not-found]
    ALLOW_ACCESS,
    DENY_ACCESS,
    Guard,
    Inquiry,
    MemoryStorage,
    Policy,
    RulesChecker,
)
from vakt.rules import (  # type: ignore[import-not-found]
    Eq,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Or,
    StartsWith,
)

COUNT = 200


def policy(stated: dict[str, Any]) -> Any:
    department = stated["department"]
    return Policy(
        stated["key"],
        actions=[Eq(stated["action"])],
        subjects=[
            {
                "clearance": GreaterOrEqual(stated["clearance"]),
                "level": GreaterOrEqual(stated["level"]),
                "department": Or(Eq(department), StartsWith(f"{department}.")),
            }
        ],
        resources=[{"classification": LessOrEqual(stated["classification"])}],
        context={"hour": Less(stated["before_hour"])},
        effect=ALLOW_ACCESS if stated["effect"] == "allow" else DENY_ACCESS,
    )


def main() -> None:
    storage = MemoryStorage()
    for each in policies_of(1000):
        storage.add(policy(each))
    guard = Guard(storage, RulesChecker())
    users = users_of()
    inquiries = [
        Inquiry(
            action=action, subject=users[user], resource={"classification": level}, context={"hour": HOUR}
        )
        for user, action, level in requests_of(COUNT)
    ]
    began = time.process_time()
    answers = [bool(guard.is_allowed(inquiry)) for inquiry in inquiries]
    took = time.process_time() - began
    found = {"version": version("vakt"), "seconds": {"decision": took / COUNT}, "answers": answers}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
