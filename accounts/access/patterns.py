"""Regular expressions that cannot explode, and that PostgreSQL and Python read alike.

A small language: literals, `.`, `[a-z]`, `\\d \\w \\s` (ASCII), groups, `|`, and `? * + {m,n}` on one
character or class, or on a group without repeats of its own. The whole text has to match. Expressions are
taken apart and written anew, so that nothing else reaches either engine; here they run as an automaton
that looks at each character once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

MAX_LENGTH = 200
MAX_REPEAT = 100
MAX_STATES = 2000
_CLASSES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "d": (("0", "9"),),
    "w": (("A", "Z"), ("a", "z"), ("0", "9"), ("_", "_")),
    "s": (("\t", "\r"), (" ", " ")),
}
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r"}
_SPECIAL = frozenset("\\^$.|?*+()[]{}")


class PatternError(ValueError):
    """An expression outside the small language; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class One:
    """One character of the class; `ranges` are pairs of code points."""

    ranges: tuple[tuple[int, int], ...]
    negated: bool = False

    def takes(self, code: int) -> bool:
        return any(low <= code <= high for low, high in self.ranges) is not self.negated


@dataclass(frozen=True, slots=True)
class Seq:
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Alt:
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    part: Part
    low: int
    high: int | None


Part = One | Seq | Alt | Repeat


def read_pattern(text: str) -> Part:
    """Raises `PatternError`."""
    if not text or len(text) > MAX_LENGTH:
        raise PatternError(f"an expression has 1 to {MAX_LENGTH} characters")
    if not text.isprintable():
        raise PatternError("an expression has printable characters only")
    reader = _Reader(text)
    part = reader.alternatives()
    if not reader.at_end():
        raise PatternError(f"{reader.text[reader.at]!r} at {reader.at + 1} closes nothing")
    if _states(part) > MAX_STATES:
        raise PatternError("its repeats add up to too much: ask for less")
    return part


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def at_end(self) -> bool:
        return self.at >= len(self.text)

    def peek(self) -> str:
        return self.text[self.at] if not self.at_end() else ""

    def take(self) -> str:
        character = self.peek()
        if not character:
            raise PatternError("it ends in the middle")
        self.at += 1
        return character

    def alternatives(self, depth: int = 0) -> Part:
        if depth > 20:
            raise PatternError("its groups are too deep")
        parts = [self.sequence(depth)]
        while self.peek() == "|":
            self.take()
            parts.append(self.sequence(depth))
        return parts[0] if len(parts) == 1 else Alt(tuple(parts))

    def sequence(self, depth: int) -> Part:
        parts: list[Part] = []
        while self.peek() not in ("", "|", ")"):
            first, last = self.at == 0, self.at == len(self.text) - 1
            if (first and self.peek() == "^") or (last and self.peek() == "$"):
                self.take()
            else:
                parts.append(self.repeated(self.atom(depth)))
        return parts[0] if len(parts) == 1 else Seq(tuple(parts))

    def atom(self, depth: int) -> Part:
        character = self.take()
        if character == "(":
            return self.group(depth)
        if character == "[":
            return self.klass()
        if character == "\\":
            return One(self.escaped())
        if character == ".":
            return One(((10, 10),), negated=True)
        if character in "^$":
            raise PatternError(
                "^ stands at the beginning and $ at the end only: the whole text matches anyway"
            )
        if character in _SPECIAL:
            raise PatternError(f"{character!r} at {self.at} has nothing before it")
        return One(((ord(character), ord(character)),))

    def group(self, depth: int) -> Part:
        if self.peek() == "?":
            if self.text[self.at : self.at + 2] != "?:":
                raise PatternError("looking around, named groups and flags are not taken")
            self.at += 2
        inner = self.alternatives(depth + 1)
        if self.take() != ")":
            raise PatternError("a group is not closed")
        if inner == Seq(()):
            raise PatternError("a group is empty")
        return inner

    def escaped(self) -> tuple[tuple[int, int], ...]:
        character = self.take()
        if character in _CLASSES:
            return _ranges_of(character)
        if character in _CONTROLS:
            character = _CONTROLS[character]
        elif character.isalnum():
            what = "references back are not taken" if character.isdigit() else "it is not known"
            raise PatternError(f"\\{character}: {what}")
        return ((ord(character), ord(character)),)

    def klass(self) -> Part:
        negated = self.peek() == "^"
        if negated:
            self.take()
        ranges: list[tuple[int, int]] = []
        while self.peek() != "]":
            ranges += self.range()
        self.take()
        if not ranges:
            raise PatternError("a class [] is empty")
        return One(tuple(ranges), negated)

    def range(self) -> tuple[tuple[int, int], ...]:
        first = self.one_of_class()
        if self.peek() != "-" or self.text[self.at + 1 : self.at + 2] in ("]", ""):
            return first
        self.take()
        last = self.one_of_class()
        if len(first) != 1 or len(last) != 1 or first[0][0] != first[0][1] or last[0][0] != last[0][1]:
            raise PatternError("a range goes from one character to another")
        if first[0][0] > last[0][0]:
            raise PatternError("a range goes upwards")
        return ((first[0][0], last[0][0]),)

    def one_of_class(self) -> tuple[tuple[int, int], ...]:
        character = self.take()
        if character == "[":
            raise PatternError("write \\[ in a class")
        return self.escaped() if character == "\\" else ((ord(character), ord(character)),)

    def repeated(self, part: Part) -> Part:
        bounds = self.bounds()
        if bounds is None:
            return part
        if _repeats(part):
            raise PatternError("a repeat within a repeat can explode: write it without one of them")
        if self.peek() in ("?", "*", "+", "{"):
            raise PatternError("one repeat stands directly after another")
        return Repeat(part, *bounds)

    def bounds(self) -> tuple[int, int | None] | None:
        character = self.peek()
        if character in ("?", "*", "+") and character:
            self.take()
            return {"?": (0, 1), "*": (0, None), "+": (1, None)}[character]
        if character != "{":
            return None
        inner, closed, _ = self.text[self.at + 1 :].partition("}")
        low, comma, high = inner.partition(",")
        if not closed or not _is_count(low) or (high and not _is_count(high)):
            raise PatternError("a count is {3}, {3,} or {3,5}")
        self.at += len(inner) + 2
        most = int(low) if not comma else int(high) if high else None
        if max(int(low), most or 0) > MAX_REPEAT or (most is not None and most < int(low)):
            raise PatternError(f"a count is at most {MAX_REPEAT}, and goes upwards")
        return int(low), most


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 3


def _ranges_of(name: str) -> tuple[tuple[int, int], ...]:
    return tuple((ord(low), ord(high)) for low, high in _CLASSES[name])


def _repeats(part: Part) -> bool:
    if isinstance(part, Repeat):
        return True
    return not isinstance(part, One) and any(_repeats(inner) for inner in part.parts)


def _states(part: Part) -> int:
    if isinstance(part, One):
        return 1
    if isinstance(part, Repeat):
        return _states(part.part) * max(part.low + 1, part.high or 1)
    return 1 + sum(_states(inner) for inner in part.parts)


class Expression(str):
    """A checked expression as PostgreSQL's engine takes it, anchored at both ends.

    `source` is what was written; `matches` answers here, in time that grows with the text only.
    """

    __slots__ = ("source",)
    source: str

    @classmethod
    def read(cls, source: str) -> Expression:
        """Raises `PatternError`."""
        expression = cls(f"\\A(?:{_write(read_pattern(source))})\\Z")
        expression.source = source
        return expression

    def matches(self, text: str) -> bool:
        return automaton_of(self.source).matches(text)


def _write(part: Part) -> str:
    if isinstance(part, One):
        return _write_class(part)
    if isinstance(part, Repeat):
        high = "" if part.high is None else str(part.high)
        return f"(?:{_write(part.part)}){{{part.low},{high}}}"
    if isinstance(part, Alt):
        return "(?:" + "|".join(_write(inner) for inner in part.parts) + ")"
    return "".join(_write(inner) for inner in part.parts)


def _write_class(part: One) -> str:
    if len(part.ranges) == 1 and part.ranges[0][0] == part.ranges[0][1] and not part.negated:
        return _literal(part.ranges[0][0])
    inner = "".join(
        _literal(low) if low == high else f"{_literal(low)}-{_literal(high)}" for low, high in part.ranges
    )
    return f"[{'^' if part.negated else ''}{inner}]"


def _literal(code: int) -> str:
    character = chr(code)
    if character.isalnum() and character.isascii():
        return character
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


Edge = tuple[One | None, int]


class Automaton:
    """A pattern that reads each character once. Sets of states are made when they are met, and bounded."""

    def __init__(self, part: Part) -> None:
        self._edges: list[list[Edge]] = []
        start = self._new()
        self._end = self._new()
        self._add(part, start, self._end)
        self._start = self._closed({start})
        self._next: dict[tuple[frozenset[int], str], frozenset[int]] = {}

    def matches(self, text: str) -> bool:
        states = self._start
        for character in text:
            key = (states, character)
            found = self._next.get(key)
            if found is None:
                found = self._step(states, ord(character))
                if len(self._next) > 5000:
                    self._next.clear()
                self._next[key] = found
            if not found:
                return False
            states = found
        return self._end in states

    def _new(self) -> int:
        self._edges.append([])
        return len(self._edges) - 1

    def _add(self, part: Part, start: int, end: int) -> None:
        if isinstance(part, One):
            self._edges[start].append((part, end))
        elif isinstance(part, Seq):
            for inner in part.parts:
                middle = self._new()
                self._add(inner, start, middle)
                start = middle
            self._edges[start].append((None, end))
        elif isinstance(part, Alt):
            for inner in part.parts:
                self._add(inner, start, end)
        else:
            self._add_repeat(part, start, end)

    def _add_repeat(self, part: Repeat, start: int, end: int) -> None:
        for _ in range(part.low):
            middle = self._new()
            self._add(part.part, start, middle)
            start = middle
        if part.high is None:
            loop = self._new()
            self._edges[start].append((None, loop))
            self._add(part.part, loop, loop)
            start = loop
        for _ in range((part.high or 0) - part.low):
            self._edges[start].append((None, end))
            middle = self._new()
            self._add(part.part, start, middle)
            start = middle
        self._edges[start].append((None, end))

    def _closed(self, states: set[int]) -> frozenset[int]:
        found, waiting = set(states), list(states)
        while waiting:
            for taken, target in self._edges[waiting.pop()]:
                if taken is None and target not in found:
                    found.add(target)
                    waiting.append(target)
        return frozenset(found)

    def _step(self, states: frozenset[int], code: int) -> frozenset[int]:
        edges = (edge for state in states for edge in self._edges[state])
        return self._closed({target for taken, target in edges if taken is not None and taken.takes(code)})


@lru_cache(maxsize=500)
def automaton_of(text: str) -> Automaton:
    """The automaton of a checked expression."""
    return Automaton(read_pattern(text))
