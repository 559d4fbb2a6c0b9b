"""What can be read as somebody else sees it: by the header that the beginning of such a view gave."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from accounts.api import AuthorizedView
from accounts.api.authorized import VIEW_AS
from accounts.authorization import Subject, authorize
from accounts.services.refusals import Refused
from accounts.view_as import ViewOver, read_view, seen_as
from runtime.api.errors import ApiProblem
from runtime.models import Run

VIEW_AS_HEADER = OpenApiParameter(
    VIEW_AS,
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The `view` that `view-as/` gave: what that person would read, as far as you may read it.",
)
OVER = "Looking as somebody else has ended, or was begun elsewhere. Begin it again."
_SAFE = ("GET", "HEAD")
_STAND_IN = "_lockgate_stand_in"


class ViewableAs(AuthorizedView):
    """Mixin for views of a run or a workflow. In such a view `subject` is somebody who sees what both see."""

    is_viewable_as = True

    @property
    def looker(self) -> Subject:
        """Whoever asks, also while they look as somebody else."""
        return super().subject

    @property
    def subject(self) -> Subject:
        looker = super().subject
        text = self.request.headers.get(VIEW_AS)
        if text is None:
            return looker
        found = getattr(self.request, _STAND_IN, None)
        if found is None:
            found = self._stand_in(looker, text)
            setattr(self.request, _STAND_IN, found)
        stand_in: Subject = found
        return stand_in

    def _stand_in(self, looker: Subject, text: str) -> Subject:
        if self.request.method not in _SAFE:
            raise ApiProblem(400, "view_as_reads", "As somebody else you look only. Change it as yourself.")
        authorize(looker, "policy.view")
        try:
            about, viewer = read_view(text, looker)
            self._check_place(about)
            return seen_as(looker, viewer)
        except (ViewOver, Refused):
            raise ApiProblem(
                403,
                "view_over",
                "Looking as somebody else has ended, or was begun elsewhere. Begin it again.",
            ) from None

    def _check_place(self, workflow_id: UUID) -> None:
        """Raises `ViewOver` for another workflow than the view was begun on."""
        if "run_id" in self.kwargs:
            is_there = Run.objects.filter(pk=self.kwargs["run_id"], workflow=workflow_id).exists()
        else:
            is_there = self.kwargs.get("workflow_id") == workflow_id
        if not is_there:
            raise ViewOver
