/** The words for states, in the order in which counts of them are listed. */
export const NODE_STATUSES = [
  "running",
  "retrying",
  "waiting",
  "failed",
  "succeeded",
  "skipped",
  "cancelled",
  "pending",
] as const

export type Status = (typeof NODE_STATUSES)[number]

export const RUN_STATUSES = [
  "queued",
  "running",
  "waiting",
  "paused",
  "succeeded",
  "failed",
  "cancelled",
] as const

export type RunStatus = (typeof RUN_STATUSES)[number]

const LABELS: Record<Status | RunStatus, string> = {
  pending: "Pending",
  queued: "Queued",
  running: "Running",
  retrying: "Retrying",
  waiting: "Waiting",
  paused: "Paused",
  succeeded: "Succeeded",
  failed: "Failed",
  skipped: "Skipped",
  cancelled: "Cancelled",
}

export const statusLabel = (status: Status | RunStatus): string => LABELS[status]

/** The mark a run's state is drawn with: a queued run looks pending, a paused one waiting. */
export function markOf(status: Status | RunStatus): Status {
  if (status === "queued") return "pending"
  if (status === "paused") return "waiting"
  return status
}

export const isTerminal = (status: Status | RunStatus): boolean =>
  status === "succeeded" || status === "failed" || status === "cancelled" || status === "skipped"

/** Whether a state asks for a person's eyes in a list: only those get a pill. */
export const needsEyes = (status: Status | RunStatus): boolean =>
  status !== "succeeded" && status !== "cancelled" && status !== "skipped"
