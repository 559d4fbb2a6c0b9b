"""Workflows as Python: written as the calls of `WorkflowBuilder` that make them, read without running them.

What cannot be drawn is kept as text, in its place (`regions`).
"""

from runtime.written.reading import MAX_CHARACTERS as MAX_SCRIPT
from runtime.written.reading import ReadSource, SourceProblem, read_python
from runtime.written.writing import write_python

__all__ = ["MAX_SCRIPT", "ReadSource", "SourceProblem", "read_python", "write_python"]
