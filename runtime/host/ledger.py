"""What one run stores, counted as it is written, and the most that it may."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from runtime.engine.errors import OutputError
from runtime.host.rows import BlobRow
from runtime.payloads import EncodedOutputs

# What a row takes besides its texts, about.
ROW_BYTES = 64


class Sizes(NamedTuple):
    """Bytes by what they are for, as the run's row has them."""

    value_bytes: int = 0
    event_bytes: int = 0
    log_bytes: int = 0


_NOTHING = Sizes()


class Ledger:
    """Counts on from `sizes`. `known` are the hashes of large values that the run uses already."""

    def __init__(
        self, sizes: Sizes = _NOTHING, *, known: Iterable[str] = (), most_bytes: int | None = None
    ) -> None:
        self.value_bytes, self.event_bytes, self.log_bytes = sizes
        self._known = set(known)
        self._most_bytes = most_bytes

    def refuse_too_much(self, outputs: EncodedOutputs) -> None:
        """Raises `OutputError` (`run_quota_exceeded`) when the run would store more than it may."""
        if self._most_bytes is None:
            return
        new = sum(len(blob.data) for blob in outputs.blobs if blob.hash not in self._known)
        stored = self.value_bytes + self.event_bytes + self.log_bytes
        if stored + new + len(outputs.text) > self._most_bytes:
            raise OutputError(
                f"this run may store {_megabytes(self._most_bytes)}, and with this output it would store"
                f" {_megabytes(stored + new + len(outputs.text))}; hand on less data, or ask for a higher"
                " limit (RUN_MAX_STORED_MB)",
                code="run_quota_exceeded",
                max_stored_bytes=self._most_bytes,
            )

    def add_event(
        self, data: str, outputs: EncodedOutputs | None
    ) -> tuple[tuple[BlobRow, ...], tuple[str, ...]]:
        """The large values to store with the event, and all that it is the first of the run to name."""
        self.event_bytes += ROW_BYTES + len(data)
        if outputs is None:
            return (), ()
        self.event_bytes += len(outputs.text)
        if not outputs.blobs and not outputs.borrowed:
            return (), ()
        return self._name(outputs)

    def add_line(self, text: str) -> None:
        self.log_bytes += ROW_BYTES + len(text)

    def _name(self, outputs: EncodedOutputs) -> tuple[tuple[BlobRow, ...], tuple[str, ...]]:
        new = {
            blob.hash: BlobRow(blob.hash, blob.data) for blob in outputs.blobs if blob.hash not in self._known
        }
        borrowed = {name: size for name, size in outputs.borrowed.items() if name not in self._known}
        self._known |= new.keys() | borrowed.keys()
        self.value_bytes += sum(len(blob.data) for blob in new.values()) + sum(borrowed.values())
        return tuple(new.values()), (*new, *(name for name in borrowed if name not in new))


def _megabytes(size: int) -> str:
    return f"{size / (1 << 20):,.1f} MiB"
