import { queryOptions, useQuery } from "@tanstack/react-query"
import { api, body } from "./client"
import type { NodeType } from "./types"

const NONE: ReadonlyMap<string, NodeType> = new Map()

/** All node types by name. They change only with the server's version. */
export const nodeTypesQuery = queryOptions({
  queryKey: ["node-types"],
  queryFn: async () => {
    const page = await body(api.GET("/api/v1/node-types/", {}))
    // their forms are JSON Schema, which the API's own schema leaves open
    return new Map(page.results.map((type) => [type.type, type as NodeType]))
  },
  staleTime: Infinity,
})

/** All node types by name; empty until known. */
export function useNodeTypes(): ReadonlyMap<string, NodeType> {
  return useQuery(nodeTypesQuery).data ?? NONE
}
