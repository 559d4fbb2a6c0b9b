"""Named places at which a process may die or stall, so that tests can make it do so exactly there.

The product calls `reach` and installs nothing: no setting, variable or argument of it does. A test's own
worker program installs a handler before the host starts. Names are `<what>.before` and `<what>.after`;
`after` is reached when the step is done but nobody in this process has been told.
"""

from __future__ import annotations

from collections.abc import Callable

_handler: Callable[[str], None] | None = None


def reach(name: str) -> None:
    """The process is at this point now. Does nothing in the product."""
    if _handler is not None:
        _handler(name)


def install(handler: Callable[[str], None]) -> None:
    """From now on, `handler` is called with the name of every point that is reached, in whatever thread."""
    global _handler
    _handler = handler
