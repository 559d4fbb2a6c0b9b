import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { api, body } from "../api/client"
import { usePages, useRefresh } from "../api/pages"
import type { Mask, MaskDocument, MaskStatus, NewMask, Sample } from "./types"

const at = (id: string) => ({ path: { mask_id: id } })

export function useMasks(search: string) {
  return usePages({
    key: ["masks", { search }],
    read: (page, signal) =>
      body(
        api.GET("/api/v1/masks/", { params: { query: { search: search || undefined, ...page } }, signal }),
      ),
  })
}

export function useMask(id: string | null) {
  return useQuery({
    queryKey: ["mask", id],
    queryFn: () => body(api.GET("/api/v1/masks/{mask_id}/", { params: at(id ?? "") })),
    enabled: id !== null,
  })
}

/** Call it after a change: rules, and what they do, are read again. */
export const useRefreshMasks = () => useRefresh("masks", "mask", "mask-suggestions", "mask-sample")

/** After a rule is gone: itself is not read again. */
export const useRefreshWithout = () => useRefresh("masks", "mask-suggestions", "mask-sample")

export const createMask = (rule: NewMask): Promise<Mask> => body(api.POST("/api/v1/masks/", { body: rule }))

export const changeMask = (
  id: string,
  revision: number,
  rule: MaskDocument & { status: MaskStatus },
): Promise<Mask> =>
  body(api.PATCH("/api/v1/masks/{mask_id}/", { params: at(id), body: { ...rule, revision } }))

export async function deleteMask(id: string): Promise<void> {
  await api.DELETE("/api/v1/masks/{mask_id}/", { params: at(id) })
}

/** For how many people a rule masks; what is wrong with the rule is its error. */
export function useReach(rule: MaskDocument | null) {
  return useQuery({
    queryKey: ["mask-reach", rule],
    queryFn: ({ signal }) =>
      body(api.POST("/api/v1/masks/reach/", { body: { rule: rule as MaskDocument }, signal })),
    enabled: rule !== null,
    placeholderData: keepPreviousData,
    retry: false,
  })
}

/** The values of a rule's field in some data, and what a person sees of them. */
export function useSample(rule: MaskDocument | null, sample: Sample | null, user: string | null) {
  return useQuery({
    queryKey: ["mask-sample", rule, sample, user],
    queryFn: ({ signal }) =>
      body(
        api.POST("/api/v1/masks/sample/", {
          body: { rule: rule as MaskDocument, ...(sample as Sample), ...(user ? { user } : {}) },
          signal,
        }),
      ),
    enabled: rule !== null && sample !== null,
    placeholderData: keepPreviousData,
    retry: false,
  })
}

const FIRST = 12

/** The first dataset that has the rule's field, to begin with; null where none of the first few has it. */
export function useFittingDataset(rule: MaskDocument | null, datasets: readonly { value: string }[]) {
  const tried = datasets.slice(0, FIRST).map(({ value }) => value)
  return (
    useQuery({
      queryKey: ["mask-fits", rule?.field, tried],
      queryFn: async ({ signal }) => {
        for (const value of tried) {
          const data = { rule: rule as MaskDocument, dataset: value.replace("dataset:", "") }
          const { pairs } = await body(api.POST("/api/v1/masks/sample/", { body: data, signal }))
          if (pairs.length > 0) return value
        }
        return null
      },
      enabled: rule !== null && tried.length > 0,
      staleTime: Infinity,
      retry: false,
    }).data ?? null
  )
}

/** Fields that look as if they needed a mask. Reads samples of data: only when it is asked for. */
export function useSuggestions(wanted: boolean) {
  return useQuery({
    queryKey: ["mask-suggestions"],
    queryFn: () => body(api.GET("/api/v1/masks/suggestions/", {})),
    enabled: wanted,
    staleTime: 60_000,
  })
}

const NONE: readonly { value: string; label: string }[] = []
const MOST = 100

/** The datasets and newest runs that a rule can be tried on. */
export function useSampleSources() {
  const datasets = useQuery({
    queryKey: ["datasets", "to try masks on"],
    queryFn: async () => {
      const { results } = await body(api.GET("/api/v1/datasets/", { params: { query: { limit: MOST } } }))
      return results.map(({ id, name }) => ({ value: `dataset:${id}`, label: name }))
    },
  }).data
  const runs = useQuery({
    queryKey: ["runs", "to try masks on"],
    queryFn: async () => {
      const query = { limit: 20, status: "succeeded" }
      const { results } = await body(api.GET("/api/v1/runs/", { params: { query } }))
      return results
        .filter(({ can }) => can.includes("run.data"))
        .map(({ id, number, workflow }) => ({ value: `run:${id}`, label: `Run ${number}, ${workflow.name}` }))
    },
  }).data
  return { datasets: datasets ?? NONE, runs: runs ?? NONE }
}

/** The steps of a run, to choose whose output a rule is tried on. */
export function useRunSteps(run: string | null) {
  return (
    useQuery({
      queryKey: ["run", run, "steps"],
      queryFn: async () => {
        const found = await body(
          api.GET("/api/v1/runs/{run_id}/", { params: { path: { run_id: run ?? "" } } }),
        )
        return found.graph.nodes
          .filter((node) => !node.parent)
          .map((node) => ({ value: node.id, label: node.label || node.id }))
      },
      enabled: run !== null,
    }).data ?? NONE
  )
}
