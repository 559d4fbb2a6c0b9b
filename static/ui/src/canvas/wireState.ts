import type { Status } from "../shared/status"

/** How a wire is drawn in a run: what its ends' states say about it. Pure. */
export type WireState = "" | "done" | "live" | "dead" | "error" | "error idle"

const WORKING: readonly (Status | undefined)[] = ["running", "retrying"]

export function wireState(
  kind: "data" | "error",
  hasRun: boolean,
  from: Status | undefined,
  to: Status | undefined,
): WireState {
  if (kind === "error") return hasRun && from === "failed" ? "error" : "error idle"
  if (!hasRun) return ""
  if (from === "skipped" || from === "failed" || from === "cancelled") return "dead"
  if (from !== "succeeded") return ""
  if (to === "skipped") return "dead"
  return WORKING.includes(to) ? "live" : "done"
}
