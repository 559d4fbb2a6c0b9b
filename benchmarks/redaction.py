"""What it costs to keep secrets out of what leaves a run: 200 of them, over an answer of 13 KB.

A secret is looked for in every form that gives it away (JSON, URLs, HTML, base64, hexadecimal), some 11 each.
Processor time counts, of the best of some rounds.
"""

from __future__ import annotations

import json
import random
import string
import time
from collections.abc import Iterator

from benchmarks.access import rate
from benchmarks.figure import Figure
from runtime.credentials.forms_of_secrets import telling_texts
from runtime.credentials.redactor import Redactor

SECRETS, CHARACTERS, HELD = 200, 13_000, 20
_ALPHABET = string.ascii_letters + string.digits + "-_+/&"


def figures() -> Iterator[Figure]:
    draw = random.Random(8)
    secrets = ["".join(draw.choices(_ALPHABET, k=draw.randint(12, 64))) for _ in range(SECRETS)]
    redactor = Redactor()
    began = time.process_time()
    redactor.learn(*secrets)
    learnt = time.process_time() - began
    records = [{"id": number, "name": _words(draw), "note": _words(draw)} for number in range(CHARACTERS)]
    while len(json.dumps(records)) > CHARACTERS:
        del records[len(records) * 9 // 10 :]
    clean = json.dumps(records).ljust(CHARACTERS)
    holding = clean
    for secret in secrets[:HELD]:
        place = draw.randrange(len(holding))
        holding = holding[:place] + secret + holding[place:]
    encoded = clean.encode()

    note = f"{SECRETS} secrets, {len(telling_texts(secrets)):,} forms"
    yield Figure("13 KB with none of them", 1000 / rate(lambda: redactor.text(clean)), "ms", 1, note=note)
    yield Figure(
        "13 KB with some", 1000 / rate(lambda: redactor.text(holding)), "ms", 1, note=f"{HELD} taken out"
    )
    yield Figure("13 KB of JSON, looked at", 1000 / rate(lambda: redactor.is_in(encoded)), "ms", 1)
    yield Figure(
        "the same, walked value by value", 1000 / rate(lambda: redactor.value(records)), "ms", 1,
        note=f"{len(records)} records",
    )  # fmt: skip
    yield Figure("learning them all", 1000 * learnt, "ms")


def _words(draw: random.Random) -> str:
    return " ".join("".join(draw.choices(string.ascii_lowercase, k=draw.randint(3, 9))) for _ in range(3))
