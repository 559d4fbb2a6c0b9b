"""How the outputs of a node are stored: JSON text per port, small values inline, large ones by hash.

Text form of a payload: `{port: {"value": ...} | {"blob": sha256, "bytes": n, "items": n}}`. It imports
no framework: the host writes it, queries read it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from runtime.engine.errors import OutputError
from runtime.engine.outputs import MAX_DEPTH
from runtime.engine.sizes import Measure, measure

INLINE_BYTES = 8 * 1024
MAX_OUTPUT_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """A value too large for its event: its bytes under their SHA-256."""

    hash: str
    data: bytes


@dataclass(frozen=True, slots=True)
class EncodedOutputs:
    """What an event keeps of the outputs, and the values that go before it.

    `rewritten` are ports with a value that JSON has no form for, a date say, and that is text from here on.
    `borrowed` are large values that are stored already for another run: `{hash: bytes}`.
    """

    text: bytes
    blobs: tuple[StoredBlob, ...]
    rewritten: tuple[str, ...] = ()
    borrowed: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredPort:
    """One output as stored: `value`, or the hash of a blob with its size and number of items."""

    value: Any = None
    blob: str | None = None
    bytes: int = 0
    items: int | None = None


def encode_outputs(outputs: Mapping[str, Any], *, max_bytes: int = MAX_OUTPUT_BYTES) -> EncodedOutputs:
    """Raises `OutputError` when a value is not JSON, or all together are larger than `max_bytes`."""
    _refuse_unwritable(outputs, max_bytes)
    ports: list[str] = []
    blobs: list[StoredBlob] = []
    rewritten: list[str] = []
    size = 0
    for port, value in outputs.items():
        text = _to_json(port, value, rewritten)
        size += len(text)
        if size > max_bytes:
            raise _too_large(max_bytes)
        if len(text) <= INLINE_BYTES:
            ports.append(f'{json.dumps(port)}:{{"value":{text.decode()}}}')
            continue
        digest = hashlib.sha256(text).hexdigest()
        blobs.append(StoredBlob(digest, text))
        entry = {"blob": digest, "bytes": len(text), "items": _count(value)}
        ports.append(f"{json.dumps(port)}:{json.dumps(entry)}")
    return EncodedOutputs(("{" + ",".join(ports) + "}").encode(), tuple(blobs), tuple(rewritten))


def plain_outputs(outputs: Mapping[str, Any], encoded: EncodedOutputs) -> Mapping[str, Any]:
    """The outputs as whoever reads them again will have them: themselves, where nothing was rewritten."""
    if not encoded.rewritten:
        return outputs
    texts = {blob.hash: blob.data for blob in encoded.blobs}
    stored = decode_outputs(encoded.text, texts.__getitem__)
    return {port: stored[port] if port in encoded.rewritten else value for port, value in outputs.items()}


def decode_ports(text: bytes) -> dict[str, StoredPort]:
    """The ports of a stored payload, without loading blobs."""
    ports: dict[str, StoredPort] = {}
    for name, entry in json.loads(text).items():
        if "blob" in entry:
            ports[name] = StoredPort(blob=entry["blob"], bytes=entry["bytes"], items=entry.get("items"))
        else:
            ports[name] = StoredPort(value=entry["value"], items=_count(entry["value"]))
    return ports


def decode_outputs(text: bytes, load: Callable[[str], bytes]) -> dict[str, Any]:
    """The outputs again; `load(hash)` gives the bytes of a blob."""
    return {
        name: json.loads(load(entry["blob"])) if "blob" in entry else entry["value"]
        for name, entry in json.loads(text).items()
    }


def blob_sizes(text: bytes) -> dict[str, int]:
    """The blobs that a stored payload names, with their bytes."""
    if b'"blob"' not in text:  # the most of them, when a host reads thousands
        return {}
    return {port.blob: port.bytes for port in decode_ports(text).values() if port.blob is not None}


def _refuse_unwritable(outputs: Mapping[str, Any], max_bytes: int) -> None:
    """Before a byte is written: values can share their parts, and one too deep cannot be shown later."""
    for port, value in outputs.items():
        if type(value) in _LITERALS:
            continue
        match measure(value, max_size=max_bytes, max_depth=MAX_DEPTH):
            case Measure.TOO_LARGE:
                raise _too_large(max_bytes)
            case Measure.TOO_DEEP:
                text = f"the output {port!r} is nested more than {MAX_DEPTH} levels deep"
                raise OutputError(text, port=port)
            case Measure.KEY_NOT_TEXT:
                raise OutputError(f"the output {port!r} has a key that is not text", port=port)


def _too_large(max_bytes: int) -> OutputError:
    message = f"the output has more than {max_bytes:,} bytes as JSON, and max_output_bytes is {max_bytes:,}"
    return OutputError(message, code="output_too_large", max_output_bytes=max_bytes)


def _to_json(port: str, value: Any, rewritten: list[str]) -> bytes:
    try:
        literal = _LITERALS.get(type(value))
        if literal is not None:
            return literal(value)
        try:
            return _PLAIN.encode(value).encode()
        except TypeError:
            text = _WITH_TEXTS.encode(value).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise OutputError(f"the output {port!r} is not JSON: {error}", port=port) from error
    rewritten.append(port)
    return text


def _as_text(value: Any) -> str:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


# Made once: `json.dumps` makes one a call. Values that JSON has no form for are text for the second.
_PLAIN = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_WITH_TEXTS = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_as_text)
_LITERALS: Mapping[type, Callable[[Any], bytes]] = {
    int: lambda value: b"%d" % value,
    bool: lambda value: b"true" if value else b"false",
    type(None): lambda value: b"null",
}


def _count(value: Any) -> int | None:
    return len(value) if isinstance(value, list) else None
