/** Requests for access in words. Pure. */
import type { AccessRequest } from "../access/types"
import type { RunStatus, Status } from "../shared/status"

const MARKS: Readonly<Record<AccessRequest["status"], { mark: Status | RunStatus; label: string }>> = {
  open: { mark: "waiting", label: "Open" },
  granted: { mark: "succeeded", label: "Granted" },
  refused: { mark: "failed", label: "Refused" },
  withdrawn: { mark: "cancelled", label: "Withdrawn" },
}

export const markOf = (status: AccessRequest["status"]) => MARKS[status]

/** “See inputs, outputs and logs of runs”. */
export function actionWords({ action, action_label: label }: AccessRequest): string {
  const words = label || action
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** “Run 12 of Pay out”; what kind it is where it has no name. */
export function resourceWords({
  resource_label: label,
  resource_type: type,
}: Pick<AccessRequest, "resource_label" | "resource_type">): string {
  return label || type.replaceAll("_", " ")
}
