import { api, body, bodyAs } from "../api/client"
import { usePages, useRefresh } from "../api/pages"
import type { Draft, GraphDocument, GraphInput, Page, Workflow } from "../api/types"

/** The workflows this person may see, newest change first, page by page. */
export function useWorkflows(search: string) {
  return usePages({
    key: ["workflows", { search }],
    read: (page, signal) =>
      body<Page<Workflow>>(
        api.GET("/api/v1/workflows/", {
          params: { query: { search: search || undefined, ...page } },
          signal,
        }),
      ),
    everyMs: 15_000,
  })
}

/** Call it after a change: every list of workflows is read again. */
export const useRefreshWorkflows = () => useRefresh("workflows")

export function createWorkflow(name: string, graph?: unknown, description?: string): Promise<Workflow> {
  return body<Workflow>(
    api.POST("/api/v1/workflows/", { body: { name, graph: graph as GraphInput | undefined, description } }),
  )
}

export function importWorkflow(name: string, graph: unknown): Promise<Workflow> {
  return body<Workflow>(api.POST("/api/v1/workflows/import/", { body: { name, graph: graph as GraphInput } }))
}

export function updateWorkflow(
  id: string,
  changes: { name: string; description: string },
): Promise<Workflow> {
  return body<Workflow>(
    api.PATCH("/api/v1/workflows/{workflow_id}/", { params: { path: { workflow_id: id } }, body: changes }),
  )
}

export async function deleteWorkflow(id: string): Promise<void> {
  await api.DELETE("/api/v1/workflows/{workflow_id}/", { params: { path: { workflow_id: id } } })
}

export function readDraft(id: string): Promise<Draft> {
  return bodyAs<Draft>(
    api.GET("/api/v1/workflows/{workflow_id}/draft/", { params: { path: { workflow_id: id } } }),
  )
}

/** What "Run" in the list would run: the published version's graph, else the draft's. */
export async function readGraphToRun(workflow: Workflow): Promise<GraphDocument> {
  const { id, published_version: number } = workflow
  if (number === null) return (await readDraft(id)).graph
  const path = { workflow_id: id, number }
  const version = await bodyAs<{ graph: GraphDocument }>(
    api.GET("/api/v1/workflows/{workflow_id}/versions/{number}/", { params: { path } }),
  )
  return version.graph
}

/** A new workflow with the same draft, named "… copy". */
export async function duplicateWorkflow(workflow: Workflow): Promise<Workflow> {
  const draft = await readDraft(workflow.id)
  return createWorkflow(`${workflow.name} copy`, draft.graph, workflow.description)
}

/** The workflow as the document that `import` takes. */
export function readExport(id: string): Promise<unknown> {
  return bodyAs<unknown>(
    api.GET("/api/v1/workflows/{workflow_id}/export/", {
      params: { path: { workflow_id: id }, query: { format: "json" } },
    }),
  )
}

/** The script that builds and runs the workflow. */
export function readScriptOf(id: string): Promise<string> {
  return bodyAs<string>(
    api.GET("/api/v1/workflows/{workflow_id}/export/", {
      params: { path: { workflow_id: id }, query: { format: "python" } },
      parseAs: "text",
    }),
  )
}

export interface StartedRun {
  id: string
  number: number
  status: string
}

/** Starts the latest published version, or a snapshot of the draft where nothing is published. */
export function startRun(workflow: Workflow, parameters: Record<string, unknown> = {}): Promise<StartedRun> {
  const version = workflow.published_version === null ? {} : { version: workflow.published_version }
  return body<StartedRun>(
    api.POST("/api/v1/workflows/{workflow_id}/runs/", {
      params: { path: { workflow_id: workflow.id } },
      body: { parameters, ...version },
    }),
  )
}
