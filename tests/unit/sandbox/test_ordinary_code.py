"""Everyday code gives exactly what CPython gives in-process."""

# ruff: noqa: E501 - programs read best on their own lines
from __future__ import annotations

import asyncio
import json
import math
import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from runtime.engine.errors import NodeError
from runtime.sandbox import Sandbox
from runtime.services_protocol import CodeRequest

ROWS = [
    {"name": "Ada", "region": "eu", "amount": 120.5, "tags": ["a", "b"], "joined": "2023-01-15"},
    {"name": "Grace", "region": "us", "amount": 80, "tags": [], "joined": "2022-11-30"},
    {"name": "Łukasz 😀", "region": "eu", "amount": -3.25, "tags": ["c"], "joined": "2024-02-29"},
    {"name": 'O\'Neil "Q" \\ \n', "region": None, "amount": 0, "tags": ["d"], "joined": "2021-07-04"},
]

SNIPPETS = {
    "arithmetic": "result = [7 // 2, -7 // 2, -7 % 3, 2 ** 10, 7 / 2, divmod(17, 5), round(2.5), round(3.5)]",
    "floats": "result = [0.1 + 0.2, 1e22, 1e-7, 123456789.123456789, 5e-324, 1.7976931348623157e308, -0.0]",
    "integers past 64 bits": "result = {'big': 2 ** 200, 'negative': -(2 ** 63) - 1, 'edge': 2 ** 64 - 1, 'text': '9' * 30}",
    "unicode": "result = {'żółw': 'Ünïcode 😀', 'escaped': 'tab\\t nl\\n quote\\\" back\\\\ \\u2028 \\x7f'}",
    "filter": "result = {'data': [row for row in rows if row['amount'] > 0], 'count': len(rows)}",
    "group": (
        "groups = {}\nfor row in rows:\n    groups.setdefault(row['region'] or 'none', []).append(row['name'])\n"
        "result = groups"
    ),
    "sort": "result = sorted(rows, key=lambda row: (-row['amount'], row['name']))",
    "statistics": (
        "import statistics\nvalues = [row['amount'] for row in rows]\n"
        "result = {'mean': statistics.mean(values), 'stdev': statistics.stdev(values), 'median': statistics.median(values)}"
    ),
    "math preset": "result = [math.sqrt(2), math.pi, math.gcd(12, 18), math.comb(10, 3), math.floor(-1.5)]",
    "regular expressions": (
        "result = [re.findall(r'\\w+', 'a b-c'), re.sub(r'(\\d+)', lambda m: str(int(m[1]) * 2), 'a1b22'),"
        " re.match(r'(?P<y>\\d{4})', '2024-01').groupdict()]"
    ),
    "json preset": "result = json.loads(json.dumps({'b': [1, None, True], 'a': 1.5}, sort_keys=True))",
    "dates": (
        "start = datetime(2024, 2, 28, 12, 30)\n"
        "result = {'next': start + timedelta(days=2), 'day': start.date(), 'age': (date(2024, 5, 1) - date(2023, 5, 1)).days,"
        " 'text': start.strftime('%A %d %B %Y'), 'parsed': datetime.fromisoformat('2024-01-02T03:04:05+02:00')}"
    ),
    "decimals": "from decimal import Decimal\nresult = {'sum': Decimal('0.1') + Decimal('0.2'), 'list': [Decimal('1E+3')]}",
    "tuples": "result = ((1, 2), {'nested': (3, (4,))})",
    "nested tuples in order": "result = list(enumerate(zip('ab', (1, 2))))",
    "counter": "from collections import Counter\nresult = Counter('mississippi')",
    "default dict": "from collections import defaultdict\nd = defaultdict(list)\nfor i in range(6): d[str(i % 2)].append(i)\nresult = d",
    "named tuple": "from collections import namedtuple\nP = namedtuple('P', 'x y')\nresult = [P(1, 2), P(3, 4)._asdict()]",
    "data class": (
        "from dataclasses import asdict, dataclass, field\n@dataclass\nclass Item:\n    name: str\n    price: float = 1.0\n"
        "    tags: list = field(default_factory=list)\nresult = [asdict(Item('a')), asdict(Item('b', 2, ['x']))]"
    ),
    "string data class annotations": (
        "from __future__ import annotations\nfrom dataclasses import asdict, dataclass\n@dataclass\nclass Item:\n    n: int\n"
        "result = asdict(Item(3))"
    ),
    "class with inheritance": (
        "class Base:\n    def __init__(self, n): self.n = n\n    def value(self): return self.n\n"
        "class Twice(Base):\n    def value(self): return super().value() * 2\nresult = Twice(21).value()"
    ),
    "enum": "from enum import Enum, IntEnum\nclass C(IntEnum):\n    A = 1\nclass S(str, Enum):\n    X = 'x'\nresult = [C.A, S.X, {S.X.value: 1}]",
    "generators": (
        "def fib():\n    a, b = 0, 1\n    while True:\n        yield a\n        a, b = b, a + b\n"
        "import itertools\nresult = list(itertools.islice(fib(), 20))"
    ),
    "recursion and cache": (
        "from functools import lru_cache\n@lru_cache(None)\ndef f(n): return n if n < 2 else f(n - 1) + f(n - 2)\nresult = f(90)"
    ),
    "closures and globals": (
        "total = 0\ndef add(n):\n    global total\n    total += n\n    return lambda: total\nlast = [add(i) for i in range(5)][-1]\n"
        "result = [total, last()]"
    ),
    "exceptions": (
        "caught = []\nfor value in ('1', 'x', None):\n    try:\n        caught.append(int(value))\n"
        "    except (ValueError, TypeError) as error:\n        caught.append(type(error).__name__)\n    finally:\n"
        "        caught.append('done')\nresult = caught"
    ),
    "match statement": (
        "def kind(v):\n    match v:\n        case {'type': 'a', **rest}: return ['a', rest]\n        case [first, *others]: return [first, others]\n"
        "        case str() | None: return 'text'\n        case _: return 'other'\nresult = [kind(v) for v in ({'type': 'a', 'n': 1}, [1, 2, 3], 'x', None, 5)]"
    ),
    "walrus and comprehensions": (
        "result = {'w': [y for x in range(5) if (y := x * x) > 3], 's': sorted({x % 3 for x in range(9)}),"
        " 'd': {str(k): v for k, v in zip('abc', range(3))}}"
    ),
    "format strings": "name, n = 'x', 3.14159\nresult = [f'{name!r:>5}', f'{n:.2f}', f'{n:08.3f}', f'{1234567:,}', '%s-%d' % (name, 5), f'{n=:.1f}']",
    "csv text": (
        "import csv, io\nout = io.StringIO()\nwriter = csv.DictWriter(out, ['name', 'amount'], extrasaction='ignore')\n"
        "writer.writeheader()\nwriter.writerows(rows)\nresult = list(csv.DictReader(io.StringIO(out.getvalue())))"
    ),
    "hashes and encodings": (
        "import base64, hashlib, hmac, zlib\nb = 'zażółć'.encode()\nresult = [hashlib.sha256(b).hexdigest(), hashlib.md5(b).hexdigest(),"
        " hashlib.blake2b(b).hexdigest()[:16], base64.b64encode(b).decode(), zlib.crc32(b), hmac.new(b'k', b, 'sha1').hexdigest()]"
    ),
    "random, seeded by the code": "import random\nrandom.seed(42)\nresult = [random.random(), random.randint(1, 100), random.sample(range(50), 5)]",
    "heap and bisect": "import bisect, heapq\nresult = [heapq.nsmallest(3, [5, 1, 4, 2]), bisect.bisect([1, 3, 5], 4)]",
    "xml": "import xml.etree.ElementTree as ET\nresult = [e.get('k') for e in ET.fromstring('<r><i k=\"1\"/><i k=\"2\"/></r>')]",
    "html and url": "import html\nfrom urllib.parse import parse_qs, quote\nresult = [html.escape('<a&b>'), parse_qs('a=1&a=2&b='), quote('ä /?')]",
    "asyncio": (
        "import asyncio\nasync def work(n):\n    await asyncio.sleep(0.001)\n    return n * n\n"
        "async def main():\n    return await asyncio.gather(*(work(n) for n in range(5)))\nresult = asyncio.run(main())"
    ),
    "compression": "import gzip, zlib\nresult = gzip.decompress(gzip.compress(b'abc' * 100)).decode() + str(len(zlib.compress(b'x' * 1000)))",
    "fractions and complex": "from fractions import Fraction\nimport cmath\nresult = [str(Fraction(1, 3) + Fraction(1, 6)), str(cmath.sqrt(-1))]",
    "text tools": "import difflib, textwrap, string\nresult = [textwrap.wrap('the quick brown fox', 10), difflib.get_close_matches('appel', ['ape', 'apple']), string.capwords('a b')]",
    "iterating over changed inputs": "rows.append({'name': 'new', 'amount': 1})\nrows[0]['amount'] *= 2\nresult = [row['amount'] for row in rows]",
    "empty values": "result = {'a': [], 'b': {}, 'c': '', 'd': None, 'e': False, 'f': ()}",
    "bare values": "result = None",
    "main guard": "if __name__ == '__main__':\n    result = 'ran'",
    "wide table": "result = [{f'c{c}': r * c for c in range(30)} for r in range(200)]",
    "deep but allowed": "x = 1\nfor _ in range(90):\n    x = [x]\nresult = x",
}


def in_process(code: str, inputs: dict[str, Any]) -> Any:
    """What CPython gives, as JSON would carry it."""
    scope: dict[str, Any] = {
        "__name__": "__main__",
        "datetime": datetime,
        "date": date,
        "timedelta": timedelta,
        "json": json,
        "math": math,
        "re": re,
        **json.loads(json.dumps(inputs)),
    }
    exec(compile(code, "<test>", "exec", dont_inherit=True), scope)  # noqa: S102

    def as_text(value: Any) -> str:
        return value.isoformat() if hasattr(value, "isoformat") else str(value)

    return json.loads(json.dumps(scope["result"], default=as_text))


@pytest.mark.parametrize("name", SNIPPETS)
def test_ordinary_code_gives_what_cpython_gives(sandbox: Sandbox, name: str) -> None:
    inputs = {"rows": ROWS}
    request = CodeRequest("ordinary", "node", SNIPPETS[name], inputs)

    value = sandbox.run_code_blocking(request, lambda level, text: None)

    expected = in_process(SNIPPETS[name], inputs)
    assert value == expected
    assert json.dumps(value) == json.dumps(expected)  # also the order of keys, 1 against 1.0, -0.0


def run(sandbox: Sandbox, code: str, **inputs: Any) -> Any:
    return sandbox.run_code_blocking(CodeRequest("plain", "node", code, inputs), lambda level, text: None)


def failure(sandbox: Sandbox, code: str, **inputs: Any) -> NodeError:
    with pytest.raises(NodeError) as caught:
        run(sandbox, code, **inputs)
    return caught.value


def test_printed_and_logged_lines_arrive_while_the_code_runs(sandbox: Sandbox) -> None:
    code = (
        "import logging, sys, time\nprint('first')\ntime.sleep(0.3)\nprint('a', 'b', sep='-', end='')\nprint('!')\n"
        "logging.warning('careful %d', 1)\nlogging.getLogger('mine').error('two\\nlines')\nlogging.debug('quiet')\n"
        "print('err', file=sys.stderr)\nprint('unfinished', end='')\nresult = 1"
    )
    lines: list[tuple[str, str]] = []
    seen_early: list[bool] = []

    async def scenario() -> None:
        request = CodeRequest("lines", "node", code, {})
        task = asyncio.create_task(sandbox.run_code(request, lambda level, text: lines.append((level, text))))
        await asyncio.sleep(0.15)
        seen_early.append(lines == [("info", "first")])
        await task

    asyncio.run(scenario())

    assert seen_early == [True]
    assert lines == [
        ("info", "first"),
        ("info", "a-b!"),
        ("warning", "careful 1"),
        ("error", "two"),
        ("error", "lines"),
        ("warning", "err"),
        ("info", "unfinished"),
    ]


def test_an_error_carries_the_authors_line_and_text(sandbox: Sandbox) -> None:
    error = failure(
        sandbox, "import json\n\ndef parse(text):\n    return json.loads(text)\n\nresult = parse('{')"
    )

    assert error.code == "code_error"
    assert error.facts["line"] == 4
    assert error.facts["text"] == "return json.loads(text)"
    assert error.facts["error_type"] == "JSONDecodeError"
    assert error.message.startswith("Line 4: JSONDecodeError: Expecting property name")


def test_a_syntax_error_carries_its_line(sandbox: Sandbox) -> None:
    error = failure(sandbox, "x = 1\nif x\n    result = 1")

    assert (error.facts["line"], error.facts["text"]) == (2, "if x")


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("totl = 1\nresult = total + 1", "Did you mean 'totl'?"),
        ("result = statistics.mean([1])", "Did you forget to import 'statistics'?"),
        ("result = datetime.datetime.now()", "write datetime.now()"),
        ("import pandas", "the packages that the operator names in SANDBOX_PACKAGES (now: none)"),
        ("exit()", "Line 1"),
    ],
)
def test_an_error_helps_with_common_slips(sandbox: Sandbox, code: str, hint: str) -> None:
    assert hint in failure(sandbox, code).message


@pytest.mark.parametrize(
    ("code", "path", "words"),
    [
        ("result = {'items': [1, 2, 3, {4}]}", "result.items[3]", "set"),
        ("result = [{'a b': b'x'}]", "result[0]['a b']", "bytes"),
        ("result = {'a': {1: 2}}", "result.a", "the key 1, a int"),
        ("result = {None: 2}", "result", "JSON keys are text"),
        ("result = [float('inf')]", "result[0]", "inf"),
        ("result = {'a': [x for x in ()], 'b': (x for x in ())}", "result.b", "use list(...)"),
        ("result = {'f': print}", "result.f", "builtin_function_or_method"),
        ("import uuid\nresult = [uuid.uuid4()]", "result[0]", "use str(...)"),
        ("result = timedelta(1)", "result", "use .total_seconds()"),
        (
            "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\nresult = P(1)",
            "result",
            "asdict",
        ),
    ],
)
def test_what_json_cannot_hold_is_refused_by_its_path(
    sandbox: Sandbox, code: str, path: str, words: str
) -> None:
    error = failure(sandbox, code)

    assert error.code == "invalid_output"
    assert error.facts["path"] == path
    assert error.message.startswith(path) and words in error.message


def test_never_assigning_result_is_an_error(sandbox: Sandbox) -> None:
    error = failure(sandbox, "answer = 42")

    assert error.code == "code_error"
    assert "never assigned `result`" in error.message


def test_random_is_seeded_per_call(sandbox: Sandbox) -> None:
    def draw(seed: int) -> Any:
        request = CodeRequest("draw", "node", "import random\nresult = random.random()", {}, seed=seed)
        return sandbox.run_code_blocking(request, lambda level, text: None)

    assert draw(7) == draw(7)
    assert draw(7) != draw(8)


def test_inputs_of_every_json_kind_arrive_unchanged(sandbox: Sandbox) -> None:
    value: dict[str, Any] = {
        "n": None,
        "b": True,
        "i": 2**70,
        "f": 1.5,
        "s": "żółć \u0000 \ud83d\ude00"[:5],
        "l": [[], {}],
        "d": {"": 0},
    }

    assert run(sandbox, "result = value", value=value) == value


def test_inputs_that_are_not_json_are_refused_before_the_code_runs(sandbox: Sandbox) -> None:
    assert failure(sandbox, "result = 1", value={1, 2}).code == "invalid_input"


def test_a_megabyte_goes_in_and_out(sandbox: Sandbox) -> None:
    rows = [{"id": number, "text": "x" * 40} for number in range(15_000)]

    assert run(sandbox, "result = rows", rows=rows) == rows
