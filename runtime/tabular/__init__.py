"""Tables as files: CSV, JSON, JSON Lines and Parquet, read in batches, written, and inspected.

Rows are plain JSON objects in every format: dates are ISO 8601 text, missing values are None.
Never imports Django; pyarrow is imported when a Parquet file is at hand.
"""

from __future__ import annotations

from runtime.tabular.errors import TabularError
from runtime.tabular.files import FORMATS, format_of, inspect, open_rows, write_rows
from runtime.tabular.names import check_dataset_name

__all__ = ["FORMATS", "TabularError", "check_dataset_name", "format_of", "inspect", "open_rows", "write_rows"]
