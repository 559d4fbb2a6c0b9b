import { queryOptions } from "@tanstack/react-query"
import { api, bodyAs } from "../api/client"
import type { Page } from "../api/types"
import type { Trigger } from "./types"

/** The triggers of one workflow, as the editor draws and lists them. */
export const workflowTriggers = (workflow: string) =>
  queryOptions({
    queryKey: ["triggers", { workflow }],
    queryFn: async (): Promise<readonly Trigger[]> =>
      (
        await bodyAs<Page<Trigger>>(
          api.GET("/api/v1/triggers/", { params: { query: { workflow, limit: 200 } } }),
        )
      ).results,
    refetchInterval: 30_000,
    retry: false,
  })
