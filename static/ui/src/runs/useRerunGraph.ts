import { useQuery } from "@tanstack/react-query"
import { api, body, bodyAs } from "../api/client"
import type { Draft, GraphDocument, RunDetail, Workflow } from "../api/types"
import type { RerunVersion } from "./controlApi"

/** The graph that a re-run with this version would run; undefined until it is read. */
export function useRerunGraph(run: RunDetail, version: RerunVersion) {
  const path = { workflow_id: run.workflow.id }
  const workflow = useQuery({
    queryKey: ["workflow", run.workflow.id],
    queryFn: () => body<Workflow>(api.GET("/api/v1/workflows/{workflow_id}/", { params: { path } })),
    staleTime: 10_000,
  })
  const number = workflow.data?.published_version ?? null
  const graph = useQuery({
    queryKey: ["rerun graph", run.workflow.id, version, number],
    queryFn: (): Promise<GraphDocument> =>
      version === "draft"
        ? bodyAs<Draft>(api.GET("/api/v1/workflows/{workflow_id}/draft/", { params: { path } })).then(
            (draft) => draft.graph,
          )
        : bodyAs<{ graph: GraphDocument }>(
            api.GET("/api/v1/workflows/{workflow_id}/versions/{number}/", {
              params: { path: { ...path, number: number ?? 0 } },
            }),
          ).then((found) => found.graph),
    enabled: version === "draft" || (version === "latest" && number !== null),
    staleTime: 0,
  })
  return {
    workflow: workflow.data,
    /** The workflow is deleted, or out of this person's sight. */
    isGone: workflow.isError,
    latest: number,
    graph: version === "original" ? run.graph : graph.data,
    error: version === "original" ? null : graph.error,
  }
}
