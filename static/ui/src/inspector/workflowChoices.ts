import { useQuery } from "@tanstack/react-query"
import { api, body } from "../api/client"
import type { Page, Version, Workflow } from "../api/types"

export interface WorkflowChoice {
  id: string
  name: string
  /** The newest published version; null when there is none, so that it can't be run as a step. */
  version: number | null
}

const NONE: readonly WorkflowChoice[] = []

/** The workflows that a step may run. */
export function useWorkflowChoices(enabled: boolean): readonly WorkflowChoice[] {
  const answer = useQuery({
    queryKey: ["workflow-choices"],
    queryFn: async () => {
      const page = await body<Page<Workflow>>(
        api.GET("/api/v1/workflows/", { params: { query: { limit: 200 } } }),
      )
      return page.results
        .map(({ id, name, published_version: version }) => ({ id, name, version }))
        .sort((a, b) => a.name.localeCompare(b.name))
    },
    staleTime: 30_000,
    enabled,
  })
  return answer.data ?? NONE
}

/** The numbers of a workflow's published versions, newest first. */
export function useVersionChoices(workflow: string): readonly Version[] {
  const answer = useQuery({
    queryKey: ["version-choices", workflow],
    queryFn: async () => {
      const path = { workflow_id: workflow }
      const page = await body<Page<Version>>(
        api.GET("/api/v1/workflows/{workflow_id}/versions/", { params: { path } }),
      )
      return page.results
    },
    staleTime: 30_000,
    enabled: workflow !== "",
    retry: false,
  })
  return answer.data ?? []
}
