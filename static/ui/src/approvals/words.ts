/** Approvals in words. Pure. */
import type { RunStatus, Status } from "../shared/status"
import type { Approval, ApprovalStatus, CastVote } from "./types"

const MARKS: Readonly<Record<ApprovalStatus, { mark: Status | RunStatus; label: string }>> = {
  pending: { mark: "waiting", label: "Waiting" },
  approved: { mark: "succeeded", label: "Approved" },
  rejected: { mark: "failed", label: "Rejected" },
  expired: { mark: "skipped", label: "Expired" },
  cancelled: { mark: "cancelled", label: "Cancelled" },
}

export const markOf = (status: ApprovalStatus) => MARKS[status]

export const isApproval = (vote: CastVote): boolean => vote.decision === "approve"

/** “1 of 2 approvals”; nothing where one is enough. */
export function countWords({ required, votes }: Pick<Approval, "required" | "votes">): string | null {
  if (required < 2) return null
  return `${votes.filter(isApproval).length} of ${required} approvals`
}

/** Who is asked: “owners, editors and jonas@acme.test”. */
export function askedWords({ roles, users }: Approval["approvers"]): string {
  const all = [...roles.map((role) => `${role}s`), ...users]
  if (all.length === 0) return "anyone who may approve"
  if (all.length === 1) return all[0] as string
  return `${all.slice(0, -1).join(", ")} and ${all.at(-1)}`
}
