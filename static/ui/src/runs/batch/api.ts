import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query"
import { api, body } from "../../api/client"
import type { components } from "../../api/schema"
import { joined } from "./curves"

export type RunBatch = components["schemas"]["RunBatch"]

async function readBatch(runId: string, node: string, after: number, signal: AbortSignal) {
  const page = await body(
    api.GET("/api/v1/runs/{run_id}/batches/", {
      params: { path: { run_id: runId }, query: { node, after: after || undefined } },
      signal,
    }),
  )
  return page.results[0] ?? null
}

/** How a step that works in batches fares. While it goes on, only the points that are new are read. */
export function useBatch(runId: string, node: string, active: boolean) {
  const client = useQueryClient()
  const key = ["run", runId, "batch", node, active]
  return useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => {
      const before = active ? (client.getQueryData<RunBatch | null>(key)?.samples ?? []) : []
      const batch = await readBatch(runId, node, before.at(-1)?.seq ?? 0, signal)
      return batch && { ...batch, samples: joined(before, batch.samples) }
    },
    placeholderData: keepPreviousData,
    refetchInterval: active ? 1_000 : false,
    staleTime: active ? 0 : Infinity,
  })
}
