"""Cedar by `cedarpy`, measured in an environment of its own. Prints one JSON object."""

from __future__ import annotations

import json
import time
from importlib.metadata import version
from typing import Any

from access_questions import HOUR, policies_of, requests_of, users_of  # type: ignore[import-not-found]
from cedarpy import Decision, PolicySet, is_authorized  # type: ignore[import-not-found]

COUNT = 300


def policy(stated: dict[str, Any]) -> str:
    effect = "permit" if stated["effect"] == "allow" else "forbid"
    department = stated["department"]
    return (
        f'{effect}(principal, action == Action::"{stated["action"]}", resource) when {{'
        f" principal.clearance >= {stated['clearance']} && principal.level >= {stated['level']}"
        f' && (principal.department == "{department}" || principal.department like "{department}.*")'
        f" && resource.classification <= {stated['classification']}"
        f" && context.hour < {stated['before_hour']} }};"
    )


def main() -> None:
    policies = PolicySet.from_str("\n".join(policy(each) for each in policies_of(1000)))
    users, asked = users_of(), requests_of(COUNT)
    questions = [
        (
            {
                "principal": f'User::"{user}"',
                "action": f'Action::"{action}"',
                "resource": f'Thing::"{level}"',
                "context": {"hour": HOUR},
            },
            [
                {"uid": {"type": "User", "id": str(user)}, "attrs": users[user], "parents": []},
                {
                    "uid": {"type": "Thing", "id": str(level)},
                    "attrs": {"classification": level},
                    "parents": [],
                },
            ],
        )
        for user, action, level in asked
    ]
    is_authorized(questions[0][0], policies, questions[0][1])
    began = time.process_time()
    answers = [is_authorized(request, policies, entities).decision for request, entities in questions]
    took = time.process_time() - began
    print(
        json.dumps(
            {
                "version": version("cedarpy"),
                "seconds": {"decision": took / COUNT},
                "answers": [answer == Decision.Allow for answer in answers],
            }
        )
    )


if __name__ == "__main__":
    main()
