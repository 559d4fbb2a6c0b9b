"""`runs/{id}/openlineage/`: what a run did, for other tools."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from runtime.api.body import Body
from runtime.api.errors import ApiProblem
from runtime.masking.readers import reader_of
from runtime.models import LineageRun, Run
from runtime.queries.lineage_graph import Sight
from runtime.queries.openlineage import told_events


class OpenLineageEvents(Body):
    events: list[dict[str, Any]] = Field(description="OpenLineage 2-0-2, in order of time.")


class OpenLineageView(AuthorizedView, APIView):
    """The OpenLineage events of a run that has ended, as this reader may see them."""

    actions: ClassVar[dict[str, str]] = {"GET": "lineage.view"}

    @extend_schema(operation_id="runs_openlineage_retrieve", responses=OpenLineageEvents)
    def get(self, request: Request, run_id: UUID) -> Response:
        rows = Run.objects.select_related("workflow", "version").defer("version__graph")
        run = self.find(rows, "run.view", pk=run_id)
        row = LineageRun.objects.filter(pk=run.pk).first()
        if row is None or row.state == "due":
            raise ApiProblem(
                409,
                "lineage_not_ready",
                "What the run did is found out within seconds of its end. Ask again then.",
            )
        if row.state == "failed":
            raise ApiProblem(409, "lineage_unknown", "What this run did to data could not be found out.")
        sight = Sight(self.subject)
        events = told_events(row, run, reader_of(self.subject, run), sight.may_see)
        return Response(OpenLineageEvents(events=events))
