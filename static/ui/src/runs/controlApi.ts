import { body, bodyAs } from "../api/client"
import type { Run, RunDetail, RerunMode, StartedRun } from "../api/types"
import { untyped } from "../api/untyped"

const of = (runId: string) => ({ path: { run_id: runId } })

export async function pauseRun(id: string): Promise<void> {
  await untyped.POST("/api/v1/runs/{run_id}/pause/", { params: of(id) })
}

export async function resumeRun(id: string): Promise<void> {
  await untyped.POST("/api/v1/runs/{run_id}/resume/", { params: of(id) })
}

export type Outcome = "succeeded" | "failed" | "retry"

export interface Decision {
  attempt: number
  outcome: Outcome
  outputs?: Record<string, unknown>
  comment: string
}

/** Says what became of a step of which nobody knows whether it took effect. */
export async function decideStep(runId: string, node: string, decision: Decision): Promise<void> {
  await untyped.POST("/api/v1/runs/{run_id}/nodes/{node}/decide/", {
    params: { path: { run_id: runId, node } },
    body: decision,
  })
}

export type RerunVersion = "original" | "latest" | "draft"

export interface Rerun {
  mode: RerunMode
  node?: string
  version?: RerunVersion
  parameters?: Record<string, unknown>
}

/** A new run that takes over the results which `mode` leaves alone. */
export function rerun(runId: string, asked: Rerun): Promise<StartedRun> {
  return bodyAs<StartedRun>(untyped.POST("/api/v1/runs/{run_id}/rerun/", { params: of(runId), body: asked }))
}

export type BulkAction = "rerun" | "cancel" | "pause" | "resume"

export interface BulkResult {
  id: string
  ok: boolean
  run?: { id: string; number: number } | null
  problem?: { detail?: string; title?: string } | string | null
}

export interface Bulk {
  action: BulkAction
  runs: readonly string[]
  mode?: RerunMode
  version?: RerunVersion
}

/** As many runs as one request takes. */
export const MOST_AT_ONCE = 500

/** Each of the runs is decided by itself. */
export async function actOnRuns(asked: Bulk): Promise<readonly BulkResult[]> {
  const answer = await body<unknown>(untyped.POST("/api/v1/runs/bulk/", { body: asked }))
  return (answer as { results: readonly BulkResult[] }).results
}

/** What list items and runs tell beside the generated types. */
export interface Origin {
  trigger_ref?: { id: string; kind: string; name: string } | null
  parent?: { id: string; number: number; node: string | null } | null
}

export const originOf = (run: Run | RunDetail): Origin => run as Origin
