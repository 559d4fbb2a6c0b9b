import { useQuery } from "@tanstack/react-query"
import { api, body } from "../api/client"
import type { components } from "../api/schema"

/** What a workflow's runs may use. Null: no limit, or the operator's own. */
export type Operations = components["schemas"]["WorkflowOperations"]
export type Storage = components["schemas"]["WorkflowStorage"]

const of = (workflow: string) => ({ path: { workflow_id: workflow } })
const keyOf = (workflow: string) => ["workflow", workflow, "operations"]

export function useOperations(workflow: string) {
  return useQuery({
    queryKey: keyOf(workflow),
    queryFn: () =>
      body<Operations>(api.GET("/api/v1/workflows/{workflow_id}/operations/", { params: of(workflow) })),
    staleTime: 0,
    gcTime: 0,
  })
}

export function useStorage(workflow: string) {
  return useQuery({
    queryKey: ["workflow", workflow, "storage"],
    queryFn: () =>
      body<Storage>(api.GET("/api/v1/workflows/{workflow_id}/storage/", { params: of(workflow) })),
    staleTime: 0,
  })
}

export function saveOperations(workflow: string, changes: Partial<Operations>): Promise<Operations> {
  return body<Operations>(
    api.PATCH("/api/v1/workflows/{workflow_id}/operations/", { params: of(workflow), body: changes }),
  )
}
