/** Refusals as the API tells them: in a body beside what is left out, or as the answer to a whole request. Pure. */
import { ApiProblem } from "./problem"
import type { Denial } from "./types"

/** The refusal that an error carries; null for any other error. */
export function denialOf(error: unknown): Denial | null {
  if (!(error instanceof ApiProblem) || error.status !== 403) return null
  const { action, resource_type, resource_id, rule, can_request } = error.body
  if (typeof action !== "string") return null
  return {
    action,
    resource_type: typeof resource_type === "string" ? resource_type : "",
    resource_id: typeof resource_id === "string" ? resource_id : "",
    reason: error.message,
    rule: typeof rule === "string" ? rule : "",
    can_request: can_request === true,
  }
}
