import { useQuery } from "@tanstack/react-query"
import { api, body } from "../api/client"
import { usePages, useRefresh } from "../api/pages"
import type { AccessRequest } from "../access/types"

export type Filter = "open" | "mine" | "all"

const at = (id: string) => ({ params: { path: { request_id: id } } })

/** Requests as the inbox lists them; read again while it is open. */
export function useRequests(filter: Filter) {
  const query = {
    status: filter === "open" ? ("open" as const) : undefined,
    mine: filter === "mine" || undefined,
  }
  return usePages({
    key: ["access-requests", query],
    read: (page, signal) =>
      body(api.GET("/api/v1/access/requests/", { params: { query: { ...query, ...page } }, signal })),
    everyMs: 10_000,
  })
}

export function useRequest(id: string) {
  return useQuery({
    queryKey: ["access-request", id],
    queryFn: () => body<AccessRequest>(api.GET("/api/v1/access/requests/{request_id}/", at(id))),
    refetchInterval: (query) => (query.state.data?.status === "open" ? 10_000 : false),
  })
}

export interface Answer {
  outcome: "granted" | "refused"
  expires_at: string | null
  answer: string
}

export const decideRequest = (id: string, answer: Answer): Promise<AccessRequest> =>
  body(api.POST("/api/v1/access/requests/{request_id}/decide/", { ...at(id), body: answer }))

export const withdrawRequest = (id: string): Promise<AccessRequest> =>
  body(api.POST("/api/v1/access/requests/{request_id}/withdraw/", at(id)))

/** Call it after an answer: the inbox and the badge are read again. */
export const useRefreshRequests = () => useRefresh("access-requests", "access-request", "me")
