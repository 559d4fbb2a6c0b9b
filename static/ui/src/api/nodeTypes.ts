import { useQuery } from "@tanstack/react-query"
import { api, body } from "./client"
import type { NodeType, Page } from "./types"

const NONE: ReadonlyMap<string, NodeType> = new Map()

/** All node types by name; empty until known. They change only with the server's version. */
export function useNodeTypes(): ReadonlyMap<string, NodeType> {
  const types = useQuery({
    queryKey: ["node-types"],
    queryFn: () => body<Page<NodeType>>(api.GET("/api/v1/node-types/", {})),
    select: byName,
    staleTime: Infinity,
  })
  return types.data ?? NONE
}

function byName(page: Page<NodeType>): ReadonlyMap<string, NodeType> {
  return new Map(page.results.map((type) => [type.type, type]))
}
