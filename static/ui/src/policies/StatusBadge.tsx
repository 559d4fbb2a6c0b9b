import { Badge } from "../shared/Badge"
import type { PolicyStatus } from "./types"

const LOOKS = {
  active: { kind: "ok", label: "Active" },
  shadow: { kind: "wait", label: "Shadow" },
  disabled: { kind: undefined, label: "Out of force" },
  draft: { kind: "accent", label: "Draft" },
} as const

/** Whether a policy decides, is watched, or says nothing yet. */
export function StatusBadge({ status }: { status: PolicyStatus }) {
  const { kind, label } = LOOKS[status]
  return <Badge kind={kind}>{label}</Badge>
}
