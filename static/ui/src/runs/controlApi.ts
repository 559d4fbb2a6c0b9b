import { api, body } from "../api/client"
import type { components } from "../api/schema"
import type { StartedRun } from "../api/types"

type Schemas = components["schemas"]

const of = (runId: string) => ({ path: { run_id: runId } })

export async function pauseRun(id: string): Promise<void> {
  await api.POST("/api/v1/runs/{run_id}/pause/", { params: of(id) })
}

export async function resumeRun(id: string): Promise<void> {
  await api.POST("/api/v1/runs/{run_id}/resume/", { params: of(id) })
}

export type Decision = Schemas["RunDecision"]
export type Outcome = Decision["outcome"]

/** Says what became of a step of which nobody knows whether it took effect. */
export async function decideStep(runId: string, node: string, decision: Decision): Promise<void> {
  await api.POST("/api/v1/runs/{run_id}/nodes/{node}/decide/", {
    params: { path: { run_id: runId, node } },
    body: decision,
  })
}

export type Rerun = Schemas["RunAgain"]
export type RerunVersion = NonNullable<Rerun["version"]>

/** A new run that takes over the results which `mode` leaves alone. */
export function rerun(runId: string, asked: Rerun): Promise<StartedRun> {
  return body<StartedRun>(api.POST("/api/v1/runs/{run_id}/rerun/", { params: of(runId), body: asked }))
}

export type Bulk = Schemas["RunsAction"]
export type BulkAction = Bulk["action"]
export type BulkResult = Schemas["RunActionResult"]

/** As many runs as one request takes. */
export const MOST_AT_ONCE = 500

/** Each of the runs is decided by itself. */
export async function actOnRuns(asked: Bulk): Promise<readonly BulkResult[]> {
  const answer = await body<Schemas["RunsActionResults"]>(api.POST("/api/v1/runs/bulk/", { body: asked }))
  return answer.results
}
