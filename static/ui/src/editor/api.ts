import { api, body, bodyAs } from "../api/client"
import type {
  CodeReport,
  Draft,
  GraphDocument,
  GraphInput,
  NodeRun,
  ReadScript,
  RunDetail,
  RunMode,
  RunScope,
  RuntimeParameter,
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

export interface RunRequest {
  parameters?: Record<string, unknown>
  /** Which part of the graph runs, and the step that this refers to. */
  mode?: RunMode
  node?: string
}

/** Runs a snapshot of the draft. */
export const startDraftRun = (id: string, request: RunRequest): Promise<StartedRun> =>
  body(api.POST("/api/v1/workflows/{workflow_id}/runs/", { ...workflow(id), body: request }))

export const readRun = (id: string): Promise<RunDetail> => bodyAs(api.GET("/api/v1/runs/{run_id}/", run(id)))

/** What ran inside an iteration, such as `loop/3`. */
export const readScope = (id: string, path: string): Promise<RunScope> =>
  bodyAs(api.GET("/api/v1/runs/{run_id}/scope/", { params: { path: { run_id: id }, query: { path } } }))

/** All of what a step gave, however large. */
export async function readWholeOutputs(id: string, node: string): Promise<Record<string, unknown>> {
  const answer = await body(
    api.GET("/api/v1/runs/{run_id}/nodes/{node}/", {
      params: { path: { run_id: id, node }, query: { download: "outputs" } },
    }),
  )
  return answer as unknown as Record<string, unknown>
}

export const readRuntimeParameters = async (): Promise<RuntimeParameter[]> =>
  (await bodyAs<{ results: RuntimeParameter[] }>(api.GET("/api/v1/runtime-parameters/", {}))).results

/** The names of the parameters that a workflow's version has; "latest" is the newest published one. */
export async function readChild(id: string, version: string): Promise<readonly string[]> {
  const number = version === "latest" ? (await readWorkflow(id)).published_version : Number(version)
  if (number === null) return []
  const path = { workflow_id: id, number }
  const found = await body(
    api.GET("/api/v1/workflows/{workflow_id}/versions/{number}/", { params: { path } }),
  )
  return (found.graph.parameters ?? []).map((parameter) => parameter.name)
}

export const cancelRun = (id: string): Promise<StartedRun> =>
  body(api.POST("/api/v1/runs/{run_id}/cancel/", run(id)))

export const readRunNode = (id: string, node: string): Promise<NodeRun> =>
  body(api.GET("/api/v1/runs/{run_id}/nodes/{node}/", { params: { path: { run_id: id, node } } }))

/** The script that builds a graph. */
export const writeScript = async (name: string, graph: GraphDocument): Promise<string> =>
  (await body(api.POST("/api/v1/code/write/", { body: { name, graph: graph as GraphInput } }))).python

/** The workflow that a script builds; nothing of it is run. */
export const readScript = (python: string): Promise<ReadScript> =>
  bodyAs<ReadScript>(api.POST("/api/v1/code/read/", { body: { python } }))

export const checkCode = (code: string): Promise<CodeReport> =>
  body(api.POST("/api/v1/code/check/", { body: { code } }))
