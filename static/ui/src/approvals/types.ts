/** What runs ask people for. */
import type { Person, ValueInfo } from "../api/types"

export type ApprovalStatus = "pending" | "approved" | "rejected" | "expired" | "cancelled"
export type Vote = "approve" | "reject"

export interface CastVote {
  user: Person | null
  /** The e-mail address that answered. */
  name: string
  decision: Vote
  comment: string
  at: string
}

export interface Approval {
  id: string
  run: { id: string; number: number }
  workflow: { id: string; name: string }
  node: string
  title: string
  message: string
  status: ApprovalStatus
  required: number
  votes: readonly CastVote[]
  approvers: { roles: readonly string[]; users: readonly string[] }
  comment: "optional" | "required"
  requested_by: Person | null
  expires_at: string | null
  created_at: string
  ended_at: string | null
  /** Whether the person who asks may approve or reject. */
  may_act: boolean
  /** Why, or why not. */
  why: string
}

/** With what the step was given: null for who neither may answer nor see data of runs. */
export interface ApprovalDetail extends Approval {
  input: unknown
  input_info: ValueInfo | null
}
