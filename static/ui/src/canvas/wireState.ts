import type { Status } from "../shared/status"
import type { Place } from "./scopes"

/** How a wire is drawn in a run: what its ends' states say about it. Pure. */
export type WireState = "" | "done" | "live" | "dead" | "error" | "error idle"

const WORKING: readonly (Status | undefined)[] = ["running", "retrying"]

export function wireState(
  kind: "data" | "error",
  hasRun: boolean,
  from: Status | undefined,
  to: Status | undefined,
  place: Place = "beside",
): WireState {
  if (kind === "error") return hasRun && from === "failed" ? "error" : "error idle"
  if (!hasRun) return ""
  // inside a frame that works all the time, only the step at the other end tells how far the iteration is
  if (place === "entry") return entryState(to)
  if (place === "exit") return exitState(from)
  if (from === "skipped" || from === "failed" || from === "cancelled") return "dead"
  if (from !== "succeeded") return ""
  if (to === "skipped") return "dead"
  return WORKING.includes(to) ? "live" : "done"
}

function entryState(to: Status | undefined): WireState {
  if (to === undefined || to === "pending") return ""
  if (to === "skipped") return "dead"
  return WORKING.includes(to) ? "live" : "done"
}

function exitState(from: Status | undefined): WireState {
  if (from === "skipped" || from === "failed" || from === "cancelled") return "dead"
  return from === "succeeded" ? "done" : ""
}
