"""Which fields a rule is about: `ssn`, `customer.ssn`, `orders[*].card`, `**.iban`, `*["e-mail"]`.

A bare name is that field wherever it is. Anything else leads from the root of the data. Lists are walked
through, `[*]` or not. `*` is every key of an object, `**` any number of steps.
"""

from __future__ import annotations

import re

ANY, DEEP = 0, 1
Step = str | int
Pattern = tuple[Step, ...]
MAX_STEPS = 20
_TOKEN = re.compile(r'\.?(?:(\*\*)|(\*)|([^.\[\]"*]{1,200})|\[(\*)\]|\["([^"]{1,200})"\])')


def read_field(text: object) -> Pattern:
    """Raises `ValueError` that says what a field is."""
    if not isinstance(text, str) or not text or len(text) > 500:
        raise ValueError("a field is a text such as ssn, customer.ssn, orders[*].card or **.iban")
    steps: list[Step] = []
    at = 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None or (at == 0 and text[0] == "."):
            raise ValueError(f"{text!r:.80} cannot be read from {text[at : at + 20]!r} on")
        at = token.end()
        deep, every, name, _, quoted = token.groups()
        if deep:
            steps.append(DEEP)
        elif every:
            steps.append(ANY)
        elif name or quoted:
            steps.append(name or quoted)
    if not steps or steps[-1] == DEEP or len(steps) > MAX_STEPS:
        raise ValueError(f"{text!r:.80} must end in a name or *, and have at most {MAX_STEPS} steps")
    return (DEEP, *steps) if len(steps) == 1 and steps[0] != ANY and text == steps[0] else tuple(steps)


Position = tuple[int, int]


def closed(positions: set[Position], patterns: tuple[Pattern, ...]) -> frozenset[Position]:
    """The positions with those that `**` reaches without a step."""
    found = set(positions)
    for rule, at in positions:
        while at < len(patterns[rule]) and patterns[rule][at] == DEEP:
            at += 1
            found.add((rule, at))
    return frozenset(found)


def stepped(positions: frozenset[Position], key: str, patterns: tuple[Pattern, ...]) -> frozenset[Position]:
    """Where the patterns are after a key."""
    found: set[Position] = set()
    for rule, at in positions:
        if at == len(patterns[rule]):
            continue
        step = patterns[rule][at]
        if step == DEEP:
            found.add((rule, at))
        elif step in (ANY, key):
            found.add((rule, at + 1))
    return closed(found, patterns)
