import { useQuery } from "@tanstack/react-query"
import { api, body, bodyAs } from "../api/client"
import type { LogEntry, NodeRun, Page, Run, RunDetail, Workflow } from "../api/types"
import type { RunEvent } from "../shared/live/frames"
import type { RunQuery } from "./filters"

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
export function useNodeRun(runId: string, node: string, state: string) {
  return useQuery({
    queryKey: ["run", runId, "node", node, state],
    queryFn: ({ signal }) =>
      body<NodeRun>(
        api.GET("/api/v1/runs/{run_id}/nodes/{node}/", { params: { path: { run_id: runId, node } }, signal }),
      ),
    placeholderData: (previous) => (previous?.node === node ? previous : undefined),
    staleTime: Infinity,
  })
}

/** Where the whole value of a node's inputs or outputs is saved from, also when only a part is shown. */
export function outputsUrl(runId: string, node: string, side: "input" | "output"): string {
  return `/api/v1/runs/${runId}/nodes/${encodeURIComponent(node)}/?download=${side}s`
}

const EVENTS_PER_PAGE = 1000

/** All events after a `seq`, page by page, each page handed over as it comes. */
export async function readEvents(
  runId: string,
  after: number,
  take: (events: readonly RunEvent[]) => void,
  signal: AbortSignal,
): Promise<void> {
  let cursor = after
  for (;;) {
    const page = await body<Page<RunEvent>>(
      api.GET("/api/v1/runs/{run_id}/events/", {
        params: { path: { run_id: runId }, query: { after: cursor, limit: EVENTS_PER_PAGE } },
        signal,
      }),
    )
    const last = page.results.at(-1)?.seq
    if (last === undefined || signal.aborted) return
    take(page.results)
    if (!page.next) return
    cursor = last
  }
}

const LINES_PER_PAGE = 1000

/** All log lines after a position, page by page. */
export async function readLogs(
  runId: string,
  after: number,
  take: (lines: readonly LogEntry[]) => void,
  signal: AbortSignal,
): Promise<void> {
  let cursor = after
  for (;;) {
    const page = await body<Page<LogEntry>>(
      api.GET("/api/v1/runs/{run_id}/logs/", {
        params: { path: { run_id: runId }, query: { after: cursor, limit: LINES_PER_PAGE } },
        signal,
      }),
    )
    const last = page.results.at(-1)?.pos
    if (last === undefined || signal.aborted) return
    take(page.results)
    if (!page.next) return
    cursor = last
  }
}

export async function cancelRun(id: string): Promise<void> {
  await api.POST("/api/v1/runs/{run_id}/cancel/", { params: { path: { run_id: id } } })
}

/** Starts the same workflow again: the same published version, or the draft as it is now. */
export function runAgain(run: RunDetail, parameters: Record<string, unknown>): Promise<{ id: string }> {
  const version = run.version === null ? {} : { version: run.version }
  return body<{ id: string }>(
    api.POST("/api/v1/workflows/{workflow_id}/runs/", {
      params: { path: { workflow_id: run.workflow.id } },
      body: { parameters, ...version },
    }),
  )
}
