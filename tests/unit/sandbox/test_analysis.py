"""Problems and free names of code, without running it."""

# ruff: noqa: E501 - programs read best on their own lines
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.sandbox import Sandbox
from runtime.sandbox.analysis import analyse_code

FREE = {
    "read before assigned": ("result = rows + extra", ["rows", "extra"]),
    "assigned first": ("rows = []\nresult = rows", []),
    "read, then assigned": ("rows = [r for r in rows]\nresult = rows", ["rows"]),
    "augmented": ("total += 1\nresult = total", ["total"]),
    "builtins and presets": ("result = [len(json.dumps({})), datetime.now(), date, timedelta, math.pi, re.I, print]", []),
    "imports": ("import os.path, csv as c\nfrom math import pi as p\nresult = [os, c, p]", []),
    "loop targets": ("for a, (b, *c) in data:\n    result = [a, b, c]", ["data"]),
    "loop reading before": ("for x in data:\n    total = total + x\nresult = total", ["data", "total"]),
    "with": ("with open_it() as handle:\n    result = handle", ["open_it"]),
    "exception name": ("try:\n    result = f()\nexcept ValueError as e:\n    result = str(e)", ["f"]),
    "comprehension": ("result = [x + y for x in xs for y in x if y > limit]", ["xs", "limit"]),
    "comprehension names stay inside": ("a = [x for x in xs]\nresult = x", ["xs", "x"]),
    "dict comprehension": ("result = {k: v * rate for k, v in prices.items()}", ["rate", "prices"]),
    "walrus": ("if (n := len(rows)) > 1:\n    result = n", ["rows"]),
    "walrus in a comprehension": ("a = [y for x in xs if (y := x)]\nresult = y", ["xs"]),
    "function parameters": ("def f(a, *b, c=default, **d):\n    return a, b, c, d, outer\nresult = f(1)", ["default", "outer"]),
    "function reads what comes later": ("def f():\n    return later\nlater = 1\nresult = f()", []),
    "function locals": ("def f():\n    mine = source\n    return mine\nresult = f()", ["source"]),
    "nested functions": ("def f(a):\n    b = 1\n    def g():\n        return a, b, c\n    return g\nresult = f", ["c"]),
    "recursion": ("def f(n):\n    return f(n - 1)\nresult = f(n)", ["n"]),
    "global": ("def f():\n    global made\n    made = 1\nf()\nresult = made", []),
    "lambda": ("result = sorted(rows, key=lambda row: row[field])", ["rows", "field"]),
    "class": ("class A(Base):\n    x = 1\n    def m(self):\n        return self.x, other\nresult = A", ["Base", "other"]),
    "decorator and annotation": ("@wrap\ndef f(a: Kind) -> Kind:\n    ...\nresult = f", ["wrap", "Kind"]),
    "conditional": ("if flag:\n    x = 1\nresult = x", ["flag"]),
    "match": ("match data:\n    case {'a': a, **rest}: result = a, rest\n    case [b, *c]: result = b, c\n    case d: result = d", ["data"]),
    "attribute and item": ("result = config['a'].b[key]", ["config", "key"]),
    "assignment to an item reads its base": ("cache['a'] = 1\nresult = cache", ["cache"]),
    "f-string": ("result = f'{name!r:>{width}}'", ["name", "width"]),
    "delete": ("del data['x']\nresult = data", ["data"]),
    "star import": ("from math import *\nresult = sqrt(x)", ["x"]),
    "in order of reading": ("result = [c, a, b, a]", ["c", "a", "b"]),
    "async": ("async def f():\n    async for x in feed:\n        await x\nresult = f", ["feed"]),
}  # fmt: skip


@pytest.mark.parametrize("name", FREE)
def test_free_names_are_the_inputs(name: str) -> None:
    code, expected = FREE[name]

    assert analyse_code(code).free_names == expected


@pytest.mark.parametrize(
    ("code", "line", "column", "hint"),
    [
        ("x = 1\nif x\n    y = 2", 2, 5, "colon"),
        ("result = (1, 2", 1, 10, "closing bracket"),
        ("result = 'a", 1, 10, "quotes"),
        ("def f():\nreturn 1", 2, 1, "Indent"),
        ("x = 1\n  y = 2", 2, 1, "Remove the spaces"),
        ("print 'x'", 1, 1, "print(...)"),
        ("if x = 1:\n    pass", 1, 4, "=="),
        ("return 5", 1, 1, "Assign `result`"),
        ("result = “a”", 1, 10, "quote"),
    ],
)
def test_a_syntax_error_has_its_place_and_a_hint(code: str, line: int, column: int, hint: str) -> None:
    report = analyse_code(code)

    (problem,) = report.problems
    assert (problem.line, problem.severity) == (line, "error")
    assert abs(problem.column - column) <= 2
    assert problem.hint is not None and hint in problem.hint
    assert report.free_names == []


@pytest.mark.parametrize(
    ("code", "message", "hint"),
    [
        ("answer = 1", "never assigns `result`", "result = {...}"),
        ("resutl = 1", "never assigns `result`", "Did you mean `result` where you assign `resutl`?"),
        (
            "customers = []\nresult = len(custmers)",
            "`custmers` is never assigned",
            "Did you mean `customers`?",
        ),
        ("result = sortd([1])", "`sortd` is never assigned", "Did you mean `sorted`?"),
        (
            "result = statistics.mean([1])",
            "`statistics` is never assigned",
            "Did you forget `import statistics`?",
        ),
        ("exit()\nresult = 1", "`exit`", "not available"),
        ("from math import *\nresult = pi", "hides which names", "Import the names"),
        ("", "never assigns `result`", "result = {...}"),
    ],
)
def test_doubtful_code_gets_a_hint(code: str, message: str, hint: str) -> None:
    problems = analyse_code(code).problems

    assert any(message in p.message and p.hint is not None and hint in p.hint for p in problems), problems


@pytest.mark.parametrize(
    "code",
    ["exec('result = 1')", "globals()['result'] = 1", "def f():\n    global result\n    result = 1\nf()"],
)
def test_result_may_be_assigned_in_other_ways(code: str) -> None:
    assert analyse_code(code).problems == []


@pytest.mark.parametrize(
    "code", ["x\0y", "(" * 5000 + ")" * 5000, "-" * 100_000 + "1", "x" * 1_000_001, "\ud800"]
)
def test_hopeless_code_is_a_problem_not_an_exception(code: str) -> None:
    assert [problem.severity for problem in analyse_code(code).problems] == ["error"]


@given(st.text(max_size=200))
def test_no_text_makes_the_analysis_raise(code: str) -> None:
    analyse_code(code)


@pytest.mark.parametrize("name", FREE)
def test_the_sandbox_reports_the_same(sandbox: Sandbox, name: str) -> None:
    code, _ = FREE[name]

    assert sandbox.check_code(code) == analyse_code(code)


def test_code_that_breaks_the_parser_is_reported_and_the_next_is_checked(sandbox: Sandbox) -> None:
    assert sandbox.check_code("(" * 100_000).problems
    assert sandbox.check_code("result = 1").problems == []
