/** Who is told what about the runs of a workflow, and how that went. */
export const OCCASIONS = ["failed", "succeeded", "waiting_approval", "outcome_unknown"] as const
export type Occasion = (typeof OCCASIONS)[number]
export type Channel = "email" | "webhook"

export interface Notice {
  on: Occasion
  channel: Channel
  /** An e-mail address, or `approvers` for those who may answer an approval; a URL. */
  address: string
  /** The name of an `smtp` credential, or of the secret that signs a webhook. */
  credential: string
}

export interface WorkflowNotices {
  notices: readonly Notice[]
  /** Whether e-mail can be sent without a credential; why not. */
  email: { ready: boolean; why: string }
  can: readonly string[]
}

export const APPROVERS = "approvers"

/** `dead`: given up. */
export type SendingStatus = "pending" | "sent" | "dead"

/** One notice on its way, or arrived, or given up. */
export interface Sending {
  id: string
  channel: Channel
  address: string
  on: Occasion
  subject: string
  workflow: { id: string; name: string } | null
  run: { id: string; number: number } | null
  status: SendingStatus
  attempts: number
  next_at: string | null
  last_error: string
  created_at: string
  sent_at: string | null
  can: readonly string[]
}
