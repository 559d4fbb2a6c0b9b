"""Parquet through pyarrow, imported on first use because it costs about 0.2 s and 40 MiB."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, BinaryIO

from runtime.services_protocol import Column
from runtime.tabular.columns import ColumnType, check_column_names, infer_columns
from runtime.tabular.errors import TabularError

MAX_ROWS = 10_000_000
MAX_DECODED_BYTES = 2 * 1024**3
MAX_BATCH_BYTES = 512 * 1024**2


def read_parquet_batches(source: BinaryIO, batch_rows: int) -> Iterator[list[dict[str, Any]]]:
    """Rows of JSON values: dates and decimals as text, missing numbers as None."""
    import pyarrow as pa

    file = _open(source)
    start = 0
    try:
        for batch in file.iter_batches(batch_size=batch_rows):
            rows = _plain_rows(batch, start)
            start += len(rows)
            if rows:
                yield rows
    except (pa.ArrowException, OSError) as error:
        raise TabularError(f"The file is damaged after row {start}: {_first_line(error)}") from error


def inspect_parquet(source: BinaryIO) -> tuple[int, tuple[Column, ...]]:
    """`(rows, columns)`; every value is read once, so that a damaged file is known now."""
    file = _open(source)
    columns = tuple(Column(field.name, _column_type(field)) for field in file.schema_arrow)
    rows = sum(len(batch) for batch in read_parquet_batches(source, 10_000))
    return rows, columns


def write_parquet(
    target: BinaryIO, rows: Iterable[Mapping[str, Any]], columns: Sequence[Column] | None
) -> int:
    """Writes rows with a typed column each; returns how many. Mixed columns are refused by name."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kept = [dict(row) for row in rows]
    kinds = infer_columns(kept)
    names = [column.name for column in columns] if columns is not None else [column.name for column in kinds]
    types = {column.name: column.type for column in kinds}
    arrays = [_array(name, types.get(name, "text"), [row.get(name) for row in kept]) for name in names]
    pq.write_table(pa.table(dict(zip(names, arrays, strict=True))), target)
    return len(kept)


def _open(source: BinaryIO) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    source.seek(0)
    try:
        schema = pq.read_schema(source)
        check_column_names(schema.names)
        texts = [field.name for field in schema if _is_text(field.type)]
        source.seek(0)
        file = pq.ParquetFile(source, read_dictionary=texts)
    except (pa.ArrowException, OSError) as error:
        raise TabularError(f"Not a Parquet file: {_first_line(error)}") from error
    _refuse_oversized(file.metadata)
    return file


def _is_text(kind: Any) -> bool:
    import pyarrow.types as kinds

    return bool(kinds.is_string(kind) or kinds.is_binary(kind) or kinds.is_large_string(kind))


def _refuse_oversized(metadata: Any) -> None:
    """A few kilobytes of Parquet can stand for billions of rows."""
    size = sum(metadata.row_group(place).total_byte_size for place in range(metadata.num_row_groups))
    if metadata.num_rows > MAX_ROWS:
        raise TabularError(f"The file has {metadata.num_rows:,} rows; at most {MAX_ROWS:,} can be read")
    if size > MAX_DECODED_BYTES:
        raise TabularError(
            f"The file would decode to {size:,} bytes; at most {MAX_DECODED_BYTES:,} can be read"
        )


def _decoded(array: Any, name: str) -> Any:
    """A dictionary-encoded column as plain values, unless repeated long texts would fill the memory."""
    import pyarrow.compute as pc

    lengths = pc.take(pc.binary_length(array.dictionary), array.indices)
    size = pc.sum(lengths).as_py() or 0
    if size > MAX_BATCH_BYTES:
        raise TabularError(f"{len(array)} rows of column '{name}' hold {size:,} bytes of text", column=name)
    return array.dictionary_decode()


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0][:200]


def _column_type(field: Any) -> ColumnType:
    import pyarrow.types as kinds

    kind = field.type.value_type if kinds.is_dictionary(field.type) else field.type
    tests: tuple[tuple[Callable[[Any], bool], ColumnType], ...] = (
        (kinds.is_boolean, "boolean"),
        (kinds.is_integer, "integer"),
        (kinds.is_floating, "number"),
        (kinds.is_date, "date"),
        (kinds.is_timestamp, "datetime"),
        (kinds.is_nested, "object"),
    )
    return next((name for test, name in tests if test(kind)), "text")


def _plain_rows(batch: Any, start: int) -> list[dict[str, Any]]:
    import pyarrow.types as kinds

    names = batch.schema.names
    columns: list[list[Any]] = []
    for name, array in zip(names, batch.columns, strict=True):
        if kinds.is_dictionary(array.type) and _is_text(array.type.value_type):
            array = _decoded(array, name)
        if kinds.is_timestamp(array.type) and array.type.unit == "ns":
            array = _microseconds(array)
        values = array.to_pylist()
        if not (kinds.is_integer(array.type) or kinds.is_string(array.type) or kinds.is_boolean(array.type)):
            values = [_located(value, name, start + place) for place, value in enumerate(values)]
        columns.append(values)
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def _microseconds(array: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.cast(array, pa.timestamp("us", tz=array.type.tz), safe=False)


def _located(value: Any, name: str, place: int) -> Any:
    try:
        return plain_value(value)
    except ValueError as error:
        raise TabularError(f"Row {place + 1} of column '{name}' {error}", column=name) from error


def plain_value(value: Any) -> Any:
    """A value as JSON has it. Raises ValueError for infinity."""
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, float):
        if math.isinf(value):
            raise ValueError("is infinite, which JSON cannot hold")
        return None if math.isnan(value) else value
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, (Decimal, timedelta)):
        return str(value)
    if isinstance(value, bytes):
        return _bytes_text(value)
    if isinstance(value, Mapping):
        return {str(key): plain_value(item) for key, item in value.items()}
    return [plain_value(item) for item in value]


def _bytes_text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return base64.b64encode(value).decode()


def _array(name: str, kind: ColumnType, values: list[Any]) -> Any:
    import pyarrow as pa

    try:
        if kind == "date":
            return pa.array([value and date.fromisoformat(value.replace("/", "-")) for value in values])
        if kind == "datetime":
            return _moments(values)
        if kind == "text":
            return pa.array(values, type=pa.string())
        return pa.array(values, type=pa.float64() if kind == "number" else None)
    except (pa.ArrowException, TypeError, OverflowError) as error:
        raise TabularError(
            f"Column '{name}' mixes kinds of values; Parquet needs one kind in a column", column=name
        ) from error


def _moments(values: list[Any]) -> Any:
    import pyarrow as pa

    moments = [value and datetime.fromisoformat(value.replace("/", "-")) for value in values]
    zoned = {moment.tzinfo is not None for moment in moments if moment}
    if len(zoned) > 1:  # some with a zone, some without: no common line of time
        return pa.array(values, type=pa.string())
    if zoned == {True}:
        moments = [moment and moment.astimezone(UTC) for moment in moments]
    return pa.array(moments, type=pa.timestamp("us", tz="UTC" if zoned == {True} else None))
