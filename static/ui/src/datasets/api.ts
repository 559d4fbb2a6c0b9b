import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { api, body } from "../api/client"
import { usePages, useRefresh } from "../api/pages"
import type { Dataset, DatasetPage, DatasetRows } from "../api/types"

export const ROWS_PER_PAGE = 100

/** The datasets of the workspace, page by page, with what an upload may be. */
export function useDatasets(search: string) {
  return usePages({
    key: ["datasets", { search }],
    read: (page, signal) =>
      body<DatasetPage>(
        api.GET("/api/v1/datasets/", { params: { query: { search: search || undefined, ...page } }, signal }),
      ),
  })
}

export function useDataset(id: string) {
  return useQuery({
    queryKey: ["dataset", id],
    queryFn: () =>
      body<Dataset>(api.GET("/api/v1/datasets/{dataset_id}/", { params: { path: { dataset_id: id } } })),
  })
}

/** One page of rows, from `offset` on. */
export function useRows(id: string, offset: number) {
  return useQuery({
    queryKey: ["dataset", id, "rows", offset],
    queryFn: ({ signal }) =>
      body<DatasetRows>(
        api.GET("/api/v1/datasets/{dataset_id}/rows/", {
          params: { path: { dataset_id: id }, query: { offset, limit: ROWS_PER_PAGE } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  })
}

export async function deleteDataset(id: string): Promise<void> {
  await api.DELETE("/api/v1/datasets/{dataset_id}/", { params: { path: { dataset_id: id } } })
}

/** Call it after a change: lists of datasets are read again. */
export const useRefreshDatasets = () => useRefresh("datasets")

export function downloadUrl(id: string): string {
  return `/api/v1/datasets/${id}/download/`
}
