"""The one error of the package, with the place in the file."""

from __future__ import annotations

from typing import Any

from runtime.engine.errors import WorkflowError


class TabularError(WorkflowError, ValueError):
    """A file that cannot be read or rows that cannot be written.

    `line` counts the file's lines from 1, `column` is a column's name, a field's number from 1
    or, in JSON, the character within the line.
    """

    code = "invalid_data"

    def __init__(self, message: str, *, line: int | None = None, column: int | str | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column

    def to_dict(self) -> dict[str, Any]:
        return {**super().to_dict(), "line": self.line, "column": self.column}

    def __str__(self) -> str:
        return self.message if self.line is None else f"Line {self.line}: {self.message}"
