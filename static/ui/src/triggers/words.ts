/** Triggers in words. Pure. */
import type { GlyphName } from "../shared/icons/glyphs"
import { cronWords } from "./cron"
import type { Inputs, Signature, SignatureScheme, Trigger, TriggerKind, TriggerSetup } from "./types"

export const KINDS: Readonly<Record<TriggerKind, { label: string; icon: GlyphName; does: string }>> = {
  schedule: { label: "Schedule", icon: "calendar", does: "Runs at set times." },
  webhook: { label: "Webhook", icon: "bolt", does: "Runs when an address is called." },
  workflow: { label: "After a workflow", icon: "chain", does: "Runs when a run of another workflow ends." },
}

/** One line on what starts a run: “Monday to Friday at 09:00, Europe/London”. */
export function summaryOf(trigger: TriggerSetup): string {
  switch (trigger.kind) {
    case "schedule":
      return `${cronWords(trigger.config.cron)}, ${trigger.config.zone}`
    case "webhook": {
      const parts = [trigger.config.methods.join(", ")]
      parts.push(trigger.config.signature ? "signed" : "not signed")
      if (trigger.config.respond !== "accepted") parts.push("waits for the result")
      return parts.join(" · ")
    }
    case "workflow":
      return `After a run that ${ENDS[trigger.config.on]}`
  }
}

export const ENDS: Readonly<Record<"succeeded" | "failed" | "ended", string>> = {
  succeeded: "succeeded",
  failed: "failed",
  ended: "ended, however it did",
}

/** What a new trigger of a kind starts with. */
export function newSetup(kind: TriggerKind, zone: string): TriggerSetup {
  const inputs = kind === "webhook" ? null : {}
  const shared = { name: "", version: "latest" as const, inputs, concurrency_key: "" }
  switch (kind) {
    case "schedule":
      return {
        ...shared,
        kind,
        config: { cron: "0 9 * * *", zone, missed: "run_once", catch_up_limit: 10, overlap: "queue" },
      }
    case "webhook":
      return {
        ...shared,
        kind,
        config: {
          methods: ["POST"],
          signature: null,
          dedupe: null,
          respond: "accepted",
          body: "json",
          max_body: 1_048_576,
          max_per_minute: 600,
        },
      }
    case "workflow":
      return { ...shared, kind, config: { source: "", on: "succeeded" } }
  }
}

/** The header in which each scheme carries its signature, unless another one is set. */
export const SCHEME_HEADERS: Readonly<Record<SignatureScheme, string>> = {
  lockgate: "X-Lockgate-Signature",
  github: "X-Hub-Signature-256",
  stripe: "Stripe-Signature",
}

export const newSignature = (credential: string, scheme: SignatureScheme = "lockgate"): Signature => ({
  credential,
  scheme,
  header: null,
  tolerance_s: 300,
})

/** The names that expressions of a trigger's inputs are looked at with. */
export const NAMES: Readonly<Record<TriggerKind, readonly string[]>> = {
  schedule: ["scheduled_for", "fired_at"],
  webhook: ["body", "query", "headers", "method"],
  workflow: ["run", "results", "parameters"],
}

/** Only what was set: an expression that was emptied is left out. */
export const trimmedInputs = (inputs: Inputs | null): Inputs | null =>
  inputs && Object.fromEntries(Object.entries(inputs).filter(([, text]) => text.trim() !== ""))

/** What is set on a trigger, apart from what it is. */
export function setupOf(trigger: Trigger): TriggerSetup {
  const { kind, name, version, inputs, concurrency_key, config } = trigger
  return { kind, name, version, inputs, concurrency_key, config } as TriggerSetup
}

/** Whether two set-ups say the same; the server may name their parts in another order. */
export const isSame = (one: TriggerSetup, other: TriggerSetup): boolean => text(one) === text(other)

const text = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
