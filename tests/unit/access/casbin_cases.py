"""Casbin's models in our words: each clause of a matcher becomes a comparison, each role a group."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from accounts.access import Decision, Environment
from tests.unit.access.cases import ask, leaf

Leaf = dict[str, Any]
CLAUSES: dict[str, Callable[[dict[str, str]], Leaf]] = {
    "r.sub==p.sub": lambda p: leaf("user.sub", "equals", p["sub"]),
    "g(r.sub,p.sub)": lambda p: leaf("user.groups", "contains", p["sub"]),
    "g(r.sub,p.sub,r.dom)": lambda p: leaf("user.groups", "contains", p["sub"]),
    "r.dom==p.dom": lambda p: leaf("resource.dom", "equals", p["dom"]),
    "r.obj==p.obj": lambda p: leaf("resource.obj", "equals", p["obj"]),
    "g2(r.obj,p.obj)": lambda p: leaf("resource.groups", "contains", p["obj"]),
    "r.act==p.act": lambda p: leaf("resource.act", "equals", p["act"]),
    "regexMatch(r.act,p.act)": lambda p: leaf("resource.act", "matches", p["act"]),
    "keyMatch(r.obj,p.obj)": lambda p: leaf("resource.obj", "matches", glob_of(p["obj"], ".*")),
    "keyMatch2(r.obj,p.obj)": lambda p: leaf("resource.obj", "matches", glob_of(p["obj"], ".*")),
    "globMatch(r.obj,p.obj)": lambda p: leaf("resource.obj", "matches", glob_of(p["obj"], "[^/]*")),
    "ipMatch(r.sub,p.sub)": lambda p: {"operator": "ip_in", "value": p["sub"]},
}


def glob_of(text: str, star: str) -> str:
    """The expression for a pattern with `*`, `?`, `[!...]` and `:name`."""
    parts = {"*": star, "?": "[^/]"}

    def part(token: str) -> str:
        if token.startswith(":"):
            return "[^/]+"
        if token.startswith("["):
            return token.replace("[!", "[^")
        return parts.get(token, token if token.isalnum() else f"\\{token}" if token != "/" else "/")

    return "".join(part(token) for token in re.findall(r"\[[^]]*\]|:\w+|.", text.replace("_", "\0"))).replace(
        "\\\0", "_"
    )


def section(text: str, name: str) -> str:
    return text.split(f"[{name}]")[1].split("[")[0] if name != "matchers" else text.split("[matchers]")[1]


def fields_of(text: str, name: str, letter: str) -> list[str]:
    line = next(line for line in section(text, name).splitlines() if line.startswith(f"{letter} "))
    return [field.strip() for field in line.partition("=")[2].split(",")]


def decide_casbin(case: dict[str, Any], request: dict[str, Any]) -> Decision:
    model = case["model_text"]
    asked = dict(zip(fields_of(model, "request_definition", "r"), map(str, request["args"]), strict=True))
    lines = [[each.strip() for each in line.split(",")] for line in case["policy_text"].splitlines() if line]
    domain = asked.get("dom")
    user = {"sub": asked.get("sub"), "groups": groups(asked.get("sub", ""), "g", lines, domain)}
    resource = {key: value for key, value in asked.items() if key != "sub"}
    held = {**resource, "groups": groups(asked.get("obj", ""), "g2", lines, None)}
    env = Environment(datetime(2026, 1, 1, tzinfo=UTC), ip=asked.get("sub"))
    return ask(policies_of(model, lines), user, held, env)


def groups(name: str, letter: str, lines: list[list[str]], domain: str | None) -> list[str]:
    """Itself and every role that it has, in the domain where there are domains."""
    found, waiting = [], [name]
    while waiting:
        found.append(waiting.pop())
        for line in lines:
            if line[:2] == [letter, found[-1]] and (domain is None or line[3] == domain):
                waiting.append(line[2])
    return found


def policies_of(model: str, lines: list[list[str]]) -> list[dict[str, Any]]:
    names = fields_of(model, "policy_definition", "p")
    matcher = section(model, "matchers").partition("=")[2].strip()
    clauses, *others = (part.strip() for part in matcher.split("||"))
    policies = []
    for at, line in enumerate(line for line in lines if line[0] == "p"):
        fields = dict(zip(names, line[1:], strict=False))
        effect = fields.get("eft", "allow")
        if effect in ("allow", "deny"):
            parts = [CLAUSES[clause.replace(" ", "")](fields) for clause in clauses.split("&&")]
            policies.append({"key": f"p{at}", "effect": effect, "condition": {"and": parts}})
    for at, other in enumerate(others):
        policies.append({"key": f"o{at}", "effect": "allow", "condition": literal(other)})
    return policies


def literal(clause: str) -> Leaf:
    """`r.sub == "root"` or `r.obj in ['data2', 'data3']`."""
    field = clause.split()[0].removeprefix("r.")
    path = f"user.{field}" if field == "sub" else f"resource.{field}"
    values = re.findall(r"""["']([^"']+)["']""", clause)
    return leaf(path, "in", values)
