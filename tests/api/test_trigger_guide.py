"""The examples of docs/triggers.md, run one after another."""

from __future__ import annotations

import json
import re
import shlex
from typing import Any

import pytest
from django.conf import settings

from accounts.models import User
from accounts.services import create_token
from tests.api.driven import code, make
from tests.api.hook_calls import call
from tests.contract import Api

pytestmark = pytest.mark.django_db(transaction=True)
SITE = "http://testserver"
GRAPH: dict[str, Any] = {
    "parameters": [{"name": "amount", "default": 1}],
    "nodes": [{"id": "out", **code("result = 1")}],
}


def examples() -> list[tuple[int, list[str]]]:
    """(status that is promised, words of the command) of each block that says what it answers."""
    text = (settings.BASE_DIR / "docs" / "triggers.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```bash\n# (\d+)\n(.*?)```", text, re.DOTALL)
    return [(int(status), shlex.split(command.replace("\\\n", " "))) for status, command in blocks]


def published(api: Api, name: str) -> str:
    path = make(api, GRAPH, name)
    assert api.post(path + "versions/", {}).status_code == 201
    return path.split("/")[1]


def filled(text: str, variables: dict[str, str]) -> str:
    return re.sub(r"\$([A-Z]+)", lambda match: variables[match[1]], text)


def test_the_examples_do_what_the_guide_says(api: Api, editor: User) -> None:
    variables = {
        "LOCKGATE": SITE,
        "TOKEN": create_token(editor, name="guide").secret,
        "WORKFLOW": published(api, "Orders"),
        "SOURCE": published(api, "Import"),
    }
    commands = examples()
    assert len(commands) == 8

    for status, words in commands:
        given, body = run(words, variables)
        assert given == status, (words, body)
        if body.get("kind") == "webhook":
            variables["TRIGGER"] = body["id"]
        if "test_url" in body:
            variables["HOOK"] = body["url"]

    assert len(api.get("runs/").json()["results"]) == 1


def run(words: list[str], variables: dict[str, str]) -> tuple[int, Any]:
    """Acts as `curl` would: `-X`, `-H`, `-d` and the address."""
    assert words[0] == "curl"
    method, url, headers, data = "GET", "", {}, ""
    rest = iter(words[1:])
    for word in rest:
        if word == "-X":
            method = next(rest)
        elif word == "-H":
            name, _, value = filled(next(rest), variables).partition(": ")
            headers[name.lower()] = value
        elif word == "-d":
            data = filled(next(rest), variables)
        else:
            url = filled(word, variables)
    answer = call(url, data.encode(), method=method, headers=headers)
    return answer.status, json.loads(answer.content)
