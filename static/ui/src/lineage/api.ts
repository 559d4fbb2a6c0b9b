import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { api, body } from "../api/client"
import { usePages } from "../api/pages"
import type { LineagePlace } from "./place"

/** What runs read and wrote, by name. */
export function useDatasets(search: string) {
  const wanted = search.trim() || undefined
  return usePages({
    key: ["lineage-datasets", { search: wanted }],
    read: (page, signal) =>
      body(api.GET("/api/v1/lineage/datasets/", { params: { query: { search: wanted, ...page } }, signal })),
  })
}

export function useGraph({ dataset, workflow, column, direction, depth, run }: LineagePlace) {
  const query = {
    dataset: dataset ?? undefined,
    workflow: dataset ? undefined : (workflow ?? undefined),
    column: column ?? undefined,
    run: run ?? undefined,
    direction,
    depth,
  }
  return useQuery({
    queryKey: ["lineage-graph", query],
    queryFn: ({ signal }) => body(api.GET("/api/v1/lineage/graph/", { params: { query }, signal })),
    placeholderData: keepPreviousData,
  })
}

export function useColumn(dataset: string, column: string) {
  return useQuery({
    queryKey: ["lineage-column", dataset, column],
    queryFn: () => body(api.GET("/api/v1/lineage/columns/", { params: { query: { dataset, column } } })),
  })
}

/** The runs that wrote or read it, the oldest first. */
export function useMoments(dataset: string | null) {
  return useQuery({
    queryKey: ["lineage-moments", dataset],
    queryFn: async () => {
      const query = { dataset: dataset ?? "" }
      const { results } = await body(api.GET("/api/v1/lineage/moments/", { params: { query } }))
      return results.toReversed()
    },
    enabled: dataset !== null,
    placeholderData: keepPreviousData,
  })
}
