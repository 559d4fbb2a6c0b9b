import { useQuery } from "@tanstack/react-query"
import { api, body, bodyAs } from "../api/client"
import type { NodeRun, Page, Run, RunDetail, RunIteration, RunScope, Workflow } from "../api/types"
import type { RunQuery } from "./filters"
import type { TakeLines } from "./LiveRun"

export const RUNS_PER_PAGE = 50

export function readRuns(query: RunQuery, cursor: string | null, signal?: AbortSignal): Promise<Page<Run>> {
  return body<Page<Run>>(
    api.GET("/api/v1/runs/", {
      params: { query: { ...query, limit: RUNS_PER_PAGE, cursor: cursor ?? undefined } },
      signal,
    }),
  )
}

/** Names for the workflow filter: the hundred changed last. */
export function useWorkflowNames() {
  return useQuery({
    queryKey: ["workflows", "names"],
    queryFn: () => body<Page<Workflow>>(api.GET("/api/v1/workflows/", { params: { query: { limit: 100 } } })),
    select: (page) => page.results.map(({ id, name }) => ({ value: id, label: name })),
    staleTime: 60_000,
  })
}

export function readRun(id: string): Promise<RunDetail> {
  return bodyAs<RunDetail>(api.GET("/api/v1/runs/{run_id}/", { params: { path: { run_id: id } } }))
}

export function useRun(id: string) {
  return useQuery({
    queryKey: ["run", id],
    queryFn: () => readRun(id),
    staleTime: Infinity, // the socket keeps it up to date; the end of the run reads it once more
  })
}

/** Inputs and outputs of a node in a run; read again whenever `state` (status and attempt) changes. */
export function useNodeRun(runId: string, node: string, state: string, enabled = true) {
  return useQuery({
    queryKey: ["run", runId, "node", node, state],
    queryFn: ({ signal }) =>
      body<NodeRun>(
        api.GET("/api/v1/runs/{run_id}/nodes/{node}/", { params: { path: { run_id: runId, node } }, signal }),
      ),
    enabled,
    placeholderData: (previous) => (previous?.node === node ? previous : undefined),
    staleTime: Infinity,
  })
}

/** Where the whole value of a node's inputs or outputs is saved from, also when only a part is shown. */
export function outputsUrl(runId: string, node: string, side: "input" | "output"): string {
  return `/api/v1/runs/${runId}/nodes/${encodeURIComponent(node)}/?download=${side}s`
}

const LINES_PER_PAGE = 1000

/** All log lines after a position, page by page. */
export async function readLogs(
  runId: string,
  after: number,
  take: TakeLines,
  signal: AbortSignal,
): Promise<void> {
  let cursor = after
  for (;;) {
    const page = await body(
      api.GET("/api/v1/runs/{run_id}/logs/", {
        params: { path: { run_id: runId }, query: { after: cursor, limit: LINES_PER_PAGE } },
        signal,
      }),
    )
    const last = page.results.at(-1)?.pos
    if (signal.aborted) return
    take(page.results, page.denied)
    if (last === undefined || !page.next) return
    cursor = last
  }
}

/** What ran inside an iteration (`loop/3`) or a sub-workflow. */
export function readScope(runId: string, path: string): Promise<RunScope> {
  return bodyAs<RunScope>(
    api.GET("/api/v1/runs/{run_id}/scope/", { params: { path: { run_id: runId }, query: { path } } }),
  )
}

export function useScope(runId: string, path: string) {
  return useQuery({
    queryKey: ["run", runId, "scope", path],
    queryFn: () => readScope(runId, path),
    enabled: path !== "",
    staleTime: Infinity, // its graph never changes, and its states come by the socket
  })
}

const ITERATIONS_PER_PAGE = 100

/** The iterations of a loop or a map in their order; `failed` alone, or all. */
export function readIterations(
  runId: string,
  container: string,
  { failedOnly, after }: { failedOnly: boolean; after: number },
  signal?: AbortSignal,
): Promise<Page<RunIteration>> {
  return body<Page<RunIteration>>(
    api.GET("/api/v1/runs/{run_id}/iterations/", {
      params: {
        path: { run_id: runId },
        query: {
          container,
          after,
          limit: ITERATIONS_PER_PAGE,
          ...(failedOnly ? { status: "failed" as const } : {}),
        },
      },
      signal,
    }),
  )
}

export async function cancelRun(id: string): Promise<void> {
  await api.POST("/api/v1/runs/{run_id}/cancel/", { params: { path: { run_id: id } } })
}
