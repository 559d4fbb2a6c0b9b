import { useQuery } from "@tanstack/react-query"
import { api, body } from "../api/client"
import { usePages, useRefresh } from "../api/pages"
import type {
  AccessRequest,
  Askable,
  Checked,
  Denial,
  Grant,
  Level,
  NewGrant,
  Reveal,
  WorkflowAccess,
} from "./types"

const of = (workflow: string) => ({ path: { workflow_id: workflow } })

const NONE: readonly Level[] = []

/** The levels of the workspace, lowest first; empty until known. */
export function useLevels(): readonly Level[] {
  return (
    useQuery({
      queryKey: ["levels"],
      queryFn: async () => {
        const { results } = await body(api.GET("/api/v1/levels/", {}))
        return [...results].sort((a, b) => a.rank - b.rank)
      },
      staleTime: 5 * 60_000,
    }).data ?? NONE
  )
}

const NO_ROLES: readonly { value: string; label: string }[] = []

/** The roles of the workspace to choose from; empty until known. */
export function useRoles() {
  return (
    useQuery({
      queryKey: ["roles", "names"],
      queryFn: async () => {
        const { results } = await body(api.GET("/api/v1/roles/", {}))
        return results.map(({ key, label }) => ({ value: key, label }))
      },
      staleTime: 5 * 60_000,
    }).data ?? NO_ROLES
  )
}

export const saveWorkflowAccess = (workflow: string, access: WorkflowAccess): Promise<WorkflowAccess> =>
  body(api.PATCH("/api/v1/workflows/{workflow_id}/access/", { params: of(workflow), body: access }))

/** Whom a workflow is shared with, beyond what roles and policies give. */
export function useGrants(workflow: string) {
  return usePages({
    key: ["grants", workflow],
    read: (page, signal) =>
      body(
        api.GET("/api/v1/workflows/{workflow_id}/grants/", {
          params: { ...of(workflow), query: page },
          signal,
        }),
      ),
  })
}

export const share = (workflow: string, grant: NewGrant): Promise<Grant> =>
  body(api.POST("/api/v1/workflows/{workflow_id}/grants/", { params: of(workflow), body: grant }))

export async function endGrant(workflow: string, grant: string): Promise<void> {
  const path = { workflow_id: workflow, grant_id: grant }
  await api.DELETE("/api/v1/workflows/{workflow_id}/grants/{grant_id}/", { params: { path } })
}

/** Call it after a change: what was read of the workflow and its grants is read again. */
export const useRefreshAccess = () => useRefresh("workflow", "grants")

/** Whether this person may do something, and why, or why not. */
export const checkAccess = (action: string, resource_type: string, resource_id: string): Promise<Checked> =>
  body(api.POST("/api/v1/access/check/", { body: { action, resource_type, resource_id } }))

/** Asks for what was refused, where the refusal says that one can. */
export function askFor(denial: Denial, reason: string): Promise<AccessRequest> {
  const { action, resource_id } = denial
  const resource_type = denial.resource_type as Askable // another type is refused in words
  return body(api.POST("/api/v1/access/requests/", { body: { action, resource_type, resource_id, reason } }))
}

const node = (run: string, path: string) => ({ path: { run_id: run, node: path } })

export const reveal = (run: string, path: string, reason: string, minutes: number): Promise<Reveal> =>
  body(
    api.POST("/api/v1/runs/{run_id}/nodes/{node}/reveal/", {
      params: node(run, path),
      body: { reason, minutes },
    }),
  )

/** Ends a reveal of one's own before its time. */
export async function hide(run: string, path: string): Promise<void> {
  await api.DELETE("/api/v1/runs/{run_id}/nodes/{node}/reveal/", { params: node(run, path) })
}
