import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { usePages } from "../api/pages"
import { problemFrom } from "../api/problem"
import type { ColumnFacts, DatasetItem, LineageGraph, Moment } from "./types"
import type { Page } from "../api/types"
import type { LineagePlace } from "./place"

async function get<T>(path: string, query: Record<string, unknown>): Promise<T> {
  const set = Object.entries(query).filter(([, v]) => v !== undefined && v !== null)
  const answer = await fetch(
    `/api/v1/lineage/${path}/?${new URLSearchParams(set.map(([k, v]) => [k, String(v)]))}`,
  )
  if (!answer.ok) throw await problemFrom(answer)
  return (await answer.json()) as T
}

/** What runs read and wrote, by name. */
export function useDatasets(search: string) {
  return usePages({
    key: ["lineage-datasets", { search }],
    read: (page) => get<Page<DatasetItem>>("datasets", { search: search.trim() || undefined, ...page }),
  })
}

export function useGraph({ dataset, workflow, column, direction, depth, run }: LineagePlace) {
  const query = { dataset, workflow: dataset ? null : workflow, column, direction, depth, run }
  return useQuery({
    queryKey: ["lineage-graph", query],
    queryFn: () => get<LineageGraph>("graph", query),
    placeholderData: keepPreviousData,
  })
}

export function useColumn(node: string, column: string) {
  return useQuery({
    queryKey: ["lineage-column", node, column],
    queryFn: () => get<ColumnFacts>("columns", { dataset: node, column }),
  })
}

/** The runs that wrote or read it, the oldest first. */
export function useMoments(dataset: string | null) {
  return useQuery({
    queryKey: ["lineage-moments", dataset],
    queryFn: async () => (await get<Page<Moment>>("moments", { dataset })).results.toReversed(),
    enabled: dataset !== null,
    placeholderData: keepPreviousData,
  })
}
