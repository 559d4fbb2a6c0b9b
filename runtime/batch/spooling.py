"""Rows of JSON that wait in a temporary file instead of in memory."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, overload

import orjson

_OPTIONS = orjson.OPT_NON_STR_KEYS
_BLOCK_BYTES = 1 << 20


def to_json(value: Any) -> bytes:
    """JSON of a value; what JSON has no form for is text. Raises `TypeError` for what cannot be written."""
    try:
        return orjson.dumps(value, default=str, option=_OPTIONS)
    except TypeError:
        import json  # integers past 64 bits

        return json.dumps(value, default=str).encode()


class SpooledRows(Sequence[dict[str, Any]]):
    """Append rows, then read them as often as wanted, in order; `close` ends the file."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="lockgate-")  # noqa: SIM115 - closed by `close`
        self._count = 0

    def extend(self, rows: Iterable[Any]) -> None:
        """Adds rows; a value that is no object becomes `{"value": ...}`."""
        for row in rows:
            self._file.write(to_json(row if isinstance(row, dict) else {"value": row}) + b"\n")
            self._count += 1

    def close(self) -> None:
        self._file.close()

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[dict[str, Any]]:
        self._file.flush()
        at, rest = 0, b""
        while block := os.pread(self._file.fileno(), _BLOCK_BYTES, at):  # each reader has its own place
            at += len(block)
            *lines, rest = (rest + block).split(b"\n")
            for line in lines:
                yield orjson.loads(line)

    @overload
    def __getitem__(self, place: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, place: slice) -> list[dict[str, Any]]: ...
    def __getitem__(self, place: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        if isinstance(place, slice):
            return list(self)[place]
        wanted = range(self._count)[place]
        return next(islice(iter(self), wanted, None))
