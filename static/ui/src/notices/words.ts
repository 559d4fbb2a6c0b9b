/** Notices in words. Pure. */
import type { Status } from "../shared/status"
import type { Channel, Notice, Occasion, Sending } from "./types"

export const OCCASION_LABELS: Readonly<Record<Occasion, string>> = {
  failed: "A run failed",
  succeeded: "A run succeeded",
  waiting_approval: "A run waits for an approval",
  outcome_unknown: "The outcome of a step is unknown",
}

export const occasionWords = (on: string): string =>
  on in OCCASION_LABELS ? OCCASION_LABELS[on as Occasion] : on.replaceAll("_", " ")

export const CHANNEL_LABELS: Readonly<Record<Channel, string>> = { email: "E-mail", webhook: "Webhook" }

export const newNotice = (): Notice => ({ on: "failed", channel: "email", address: "", credential: "" })

export function sendingMark(status: string): { mark: Status; label: string } {
  if (status === "sent") return { mark: "succeeded", label: "Sent" }
  if (status === "failed" || status === "dead") return { mark: "failed", label: "Given up" }
  return { mark: "retrying", label: "On its way" }
}

/** “3 tries”; of one on its way also that the last one failed. */
export function triesWords({ attempts }: Pick<Sending, "attempts">): string {
  return attempts === 1 ? "1 try" : `${attempts} tries`
}
