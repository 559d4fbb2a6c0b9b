import { api, body } from "../api/client"
import type {
  CodeReport,
  Draft,
  GraphDocument,
  NodeType,
  Page,
  Run,
  RunDetail,
  NodeRun,
  Version,
  Workflow,
} from "../api/types"

const at = (id: string) => ({ params: { path: { id } } })

export const readWorkflow = (id: string): Promise<Workflow> =>
  body<Workflow>(api.GET("/api/v1/workflows/{id}/", at(id)))

export const readDraft = (id: string): Promise<Draft> =>
  body<Draft>(api.GET("/api/v1/workflows/{id}/draft/", at(id)))

/** Throws `ApiProblem` 412 with `body.current` when someone else saved in between. */
export function saveDraft(id: string, graph: GraphDocument, revision: number): Promise<Draft> {
  return body<Draft>(
    api.PUT("/api/v1/workflows/{id}/draft/", {
      params: { path: { id }, header: { "If-Match": `"${revision}"` } },
      headers: { "If-Match": `"${revision}"` },
      body: { graph },
    }),
  )
}

export const publishDraft = (id: string, note: string): Promise<Version> =>
  body<Version>(api.POST("/api/v1/workflows/{id}/versions/", { ...at(id), body: { note } }))

export const renameWorkflow = (id: string, name: string): Promise<Workflow> =>
  body<Workflow>(api.PATCH("/api/v1/workflows/{id}/", { ...at(id), body: { name } }))

/** Runs a snapshot of the draft. */
export const startDraftRun = (id: string, parameters: Record<string, unknown>): Promise<StartedRun> =>
  body<StartedRun>(api.POST("/api/v1/workflows/{id}/runs/", { ...at(id), body: { parameters } }))

export interface StartedRun {
  id: string
  number: number
  status: string
}

export const readRun = (id: string): Promise<RunDetail> =>
  body<RunDetail>(api.GET("/api/v1/runs/{id}/", at(id)))

export const cancelRun = (id: string): Promise<Run> =>
  body<Run>(api.POST("/api/v1/runs/{id}/cancel/", at(id)))

export const readRunNode = (run: string, node: string): Promise<NodeRun> =>
  body<NodeRun>(api.GET("/api/v1/runs/{id}/nodes/{node}/", { params: { path: { id: run, node } } }))

export async function readNodeTypes(): Promise<ReadonlyMap<string, NodeType>> {
  const page = await body<Page<NodeType>>(api.GET("/api/v1/node-types/", {}))
  return new Map(page.results.map((type) => [type.type, type]))
}

export const checkCode = (code: string, signal?: AbortSignal): Promise<CodeReport> =>
  body<CodeReport>(api.POST("/api/v1/code/check/", { body: { code }, signal }))
