import { useQuery } from "@tanstack/react-query"
import { api, body } from "../../api/client"
import type { ComboOption } from "../fields/Combo"

const NONE: readonly ComboOption[] = []
const MOST = 20

/** People whose name or address holds the text. */
export function usePeople(search: string): readonly ComboOption[] {
  return (
    useQuery({
      queryKey: ["policy-people", search],
      queryFn: async () => {
        const query = { search: search || undefined, limit: MOST }
        const { results } = await body(api.GET("/api/v1/users/", { params: { query } }))
        return results.map(({ id, name, email }) => ({ value: id, label: name || email, hint: email }))
      },
      placeholderData: (before) => before,
      staleTime: 60_000,
    }).data ?? NONE
  )
}

/** The kinds of things that can be chosen by name. */
export const FINDABLE = ["workflow", "run", "dataset", "credential", "trigger"] as const
type Findable = (typeof FINDABLE)[number]

export const isFindable = (type: string): type is Findable => (FINDABLE as readonly string[]).includes(type)

/** Things of a kind whose name holds the text. */
export function useThings(type: string, search: string): readonly ComboOption[] {
  return (
    useQuery({
      queryKey: ["policy-things", type, search],
      queryFn: () => (isFindable(type) ? FIND[type](search || undefined) : []),
      enabled: isFindable(type),
      placeholderData: (before) => before,
      staleTime: 30_000,
    }).data ?? NONE
  )
}

type Find = (search: string | undefined) => Promise<ComboOption[]>

const params = (search: string | undefined) => ({ params: { query: { search, limit: MOST } } })

const FIND: Readonly<Record<Findable, Find>> = {
  workflow: async (search) => {
    const { results } = await body(api.GET("/api/v1/workflows/", params(search)))
    return results.map(({ id, name }) => ({ value: id, label: name }))
  },
  run: async (search) => {
    const { results } = await body(api.GET("/api/v1/runs/", params(search)))
    return results.map(({ id, number, workflow, status }) => ({
      value: id,
      label: `Run ${number}, ${workflow.name}`,
      hint: status,
    }))
  },
  dataset: async (search) => {
    const { results } = await body(api.GET("/api/v1/datasets/", params(search)))
    return results.map(({ id, name }) => ({ value: id, label: name }))
  },
  credential: async (search) => {
    const { results } = await body(api.GET("/api/v1/credentials/", params(search)))
    return results.map(({ id, name }) => ({ value: id, label: name }))
  },
  trigger: async (search) => {
    const { results } = await body(api.GET("/api/v1/triggers/", params(search)))
    return results.map(({ id, name }) => ({ value: id, label: name }))
  },
}
