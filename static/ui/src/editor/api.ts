import { api, body, bodyAs } from "../api/client"
import type {
  CodeReport,
  Draft,
  GraphDocument,
  GraphInput,
  NodeRun,
  RunDetail,
  StartedRun,
  Version,
  Workflow,
} from "../api/types"

const workflow = (id: string) => ({ params: { path: { workflow_id: id } } })
const run = (id: string) => ({ params: { path: { run_id: id } } })

export const readWorkflow = (id: string): Promise<Workflow> =>
  body(api.GET("/api/v1/workflows/{workflow_id}/", workflow(id)))

export const readDraft = (id: string): Promise<Draft> =>
  bodyAs(api.GET("/api/v1/workflows/{workflow_id}/draft/", workflow(id)))

/** Throws `ApiProblem` 412 with `body.current` when someone else saved in between. */
export function saveDraft(id: string, graph: GraphDocument, revision: number): Promise<Draft> {
  return bodyAs(
    api.PUT("/api/v1/workflows/{workflow_id}/draft/", {
      params: { path: { workflow_id: id }, header: { "If-Match": `"${revision}"` } },
      body: { graph: graph as GraphInput },
    }),
  )
}

export const publishDraft = (id: string, note: string): Promise<Version> =>
  body(api.POST("/api/v1/workflows/{workflow_id}/versions/", { ...workflow(id), body: { note } }))

/** Runs a snapshot of the draft. */
export const startDraftRun = (id: string, parameters: Record<string, unknown>): Promise<StartedRun> =>
  body(api.POST("/api/v1/workflows/{workflow_id}/runs/", { ...workflow(id), body: { parameters } }))

export const readRun = (id: string): Promise<RunDetail> => bodyAs(api.GET("/api/v1/runs/{run_id}/", run(id)))

export const cancelRun = (id: string): Promise<StartedRun> =>
  body(api.POST("/api/v1/runs/{run_id}/cancel/", run(id)))

export const readRunNode = (id: string, node: string): Promise<NodeRun> =>
  body(api.GET("/api/v1/runs/{run_id}/nodes/{node}/", { params: { path: { run_id: id, node } } }))

export const checkCode = (code: string): Promise<CodeReport> =>
  body(api.POST("/api/v1/code/check/", { body: { code } }))
