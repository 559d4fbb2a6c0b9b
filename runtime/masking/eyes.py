"""Through whose eyes something is shown: a person's, or those of somebody outside whom nobody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from accounts.access import Decision, Resource

if TYPE_CHECKING:
    from accounts.access import Masker


class Eyes(Protocol):
    """What is asked about one reader. `judges_nodes`: nodes may be judged differently, one by one."""

    @property
    def judges_nodes(self) -> bool: ...
    def decide(self, action: str, resource: Resource) -> Decision: ...
    def masker(self, resource: Resource) -> Masker | None: ...
