import { useQuery } from "@tanstack/react-query"
import { bodyAs } from "../api/client"
import { untyped } from "../api/untyped"

/** What a workflow's runs may use. Null: no limit, or the operator's own. */
export interface Operations {
  keep_days: number | null
  keep_runs: number | null
  max_stored_mb: number | null
  max_running: number | null
  max_running_per_key: number | null
  concurrency_key: string
}

export interface Storage {
  runs: number
  events: number
  bytes: { values: number; events: number; logs: number; total: number }
  oldest: string | null
  retention: {
    keep_days: number
    keep_days_from?: string
    keep_runs: number | null
    max_stored_mb: number | null
  }
  freed: { bytes: number; runs: number; at: string } | null
}

const of = (workflow: string) => ({ path: { workflow_id: workflow } })
const keyOf = (workflow: string) => ["workflow", workflow, "operations"]

export function useOperations(workflow: string) {
  return useQuery({
    queryKey: keyOf(workflow),
    queryFn: () =>
      bodyAs<Operations>(
        untyped.GET("/api/v1/workflows/{workflow_id}/operations/", { params: of(workflow) }),
      ),
    staleTime: 0,
    gcTime: 0,
  })
}

export function useStorage(workflow: string) {
  return useQuery({
    queryKey: ["workflow", workflow, "storage"],
    queryFn: () =>
      bodyAs<Storage>(untyped.GET("/api/v1/workflows/{workflow_id}/storage/", { params: of(workflow) })),
    staleTime: 0,
  })
}

export function saveOperations(workflow: string, changes: Partial<Operations>): Promise<Operations> {
  return bodyAs<Operations>(
    untyped.PATCH("/api/v1/workflows/{workflow_id}/operations/", { params: of(workflow), body: changes }),
  )
}
