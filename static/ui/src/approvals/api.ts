import { useQuery } from "@tanstack/react-query"
import { api, bodyAs } from "../api/client"
import { usePages, useRefresh } from "../api/pages"
import type { Page } from "../api/types"
import type { Approval, ApprovalDetail, Vote } from "./types"

const APPROVE = "/api/v1/approvals/{approval_id}/approve/"
const REJECT = "/api/v1/approvals/{approval_id}/reject/"

const at = (id: string) => ({ params: { path: { approval_id: id } } })

export type Filter = "mine" | "pending" | "all"

/** Approvals as the inbox lists them; the list is read again while it is open. */
export function useApprovals(filter: Filter, run: string | null) {
  const query = {
    status: filter === "pending" ? ("pending" as const) : undefined,
    mine: filter === "mine" || undefined,
    run: run ?? undefined,
  }
  return usePages({
    key: ["approvals", query],
    read: (page, signal) =>
      bodyAs<Page<Approval>>(
        api.GET("/api/v1/approvals/", { params: { query: { ...query, ...page } }, signal }),
      ),
    everyMs: 10_000,
  })
}

export function useApproval(id: string) {
  return useQuery({
    queryKey: ["approval", id],
    queryFn: () => bodyAs<ApprovalDetail>(api.GET("/api/v1/approvals/{approval_id}/", at(id))),
    refetchInterval: (query) => (query.state.data?.status === "pending" ? 10_000 : false),
  })
}

export const castVote = (id: string, vote: Vote, comment: string): Promise<ApprovalDetail> =>
  bodyAs(api.POST(vote === "approve" ? APPROVE : REJECT, { ...at(id), body: { comment } }))

/** Call it after a vote: the inbox, the badge and the runs are read again. */
export const useRefreshApprovals = () => useRefresh("approvals", "approval", "me", "runs", "run")
