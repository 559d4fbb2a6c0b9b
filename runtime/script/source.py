"""The text of a script, or why there is none."""

from __future__ import annotations

import io
import tokenize
from dataclasses import dataclass
from pathlib import Path


class NoScript(Exception):
    """There is nothing to run; the message says why, for people."""


@dataclass(frozen=True, slots=True)
class Script:
    """`path` as it was given, `folder` absolute."""

    path: str
    folder: Path
    text: str


def read_script(path: str) -> Script:
    """Raises `NoScript`."""
    place = Path(path)
    try:
        data = place.read_bytes()
    except FileNotFoundError:
        raise NoScript(f"there is no file {path}{_nearby(place)}") from None
    except IsADirectoryError:
        raise NoScript(f"{path} is a folder; name the script in it") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise NoScript(f"{path} cannot be read: {reason}") from None
    return Script(path, place.resolve().parent, _decode(path, data))


def _decode(path: str, data: bytes) -> str:
    if b"\0" in data:
        raise NoScript(f"{path} is not a Python script: it holds binary data")
    try:
        return data.decode(_encoding(path, data))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = f"0x{data[error.start]:02x}"
        raise NoScript(f"{path} is not UTF-8 text: line {line} holds the byte {byte}{_HINT}") from None


def _encoding(path: str, data: bytes) -> str:
    try:
        return tokenize.detect_encoding(io.BytesIO(data).readline)[0]
    except SyntaxError as error:
        data.decode("utf-8")  # tells which byte, where that is the reason
        raise NoScript(f"{path} cannot be read: {error.msg}") from None


_HINT = "; save it as UTF-8, or name its encoding in the first line (# coding: latin-1)"


def _nearby(place: Path) -> str:
    with_suffix = place.with_name(f"{place.name}.py") if place.name else place
    return f"; did you mean {with_suffix}?" if with_suffix != place and with_suffix.is_file() else ""
