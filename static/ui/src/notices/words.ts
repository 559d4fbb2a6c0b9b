/** Notices in words. Pure. */
import type { Status } from "../shared/status"
import type { Channel, Notice, Sending, SendingStatus } from "./types"

export const OCCASION_LABELS: Readonly<Record<Sending["on"], string>> = {
  failed: "A run failed",
  succeeded: "A run succeeded",
  waiting_approval: "A run waits for an approval",
  outcome_unknown: "The outcome of a step is unknown",
  step: "A step sent it",
  credential_rotated: "A credential was renewed, or was not",
}

export const CHANNEL_LABELS: Readonly<Record<Channel, string>> = { email: "E-mail", webhook: "Webhook" }

export const newNotice = (): Notice => ({ on: "failed", channel: "email", address: "", credential: "" })

const MARKS: Readonly<Record<SendingStatus, { mark: Status; label: string }>> = {
  pending: { mark: "retrying", label: "On its way" },
  sent: { mark: "succeeded", label: "Sent" },
  dead: { mark: "failed", label: "Given up" },
}

export const sendingMark = (status: SendingStatus) => MARKS[status]

/** “3 tries”; of one on its way also that the last one failed. */
export function triesWords({ attempts }: Pick<Sending, "attempts">): string {
  return attempts === 1 ? "1 try" : `${attempts} tries`
}
