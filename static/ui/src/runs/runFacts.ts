import type { Run } from "../api/types"
import type { GlyphName } from "../shared/icons/glyphs"
import { isTerminal, NODE_STATUSES, type Status } from "../shared/status"

const TRIGGERS: Readonly<Record<string, { icon: GlyphName; label: string }>> = {
  manual: { icon: "play", label: "By hand" },
  api: { icon: "code", label: "API" },
  command: { icon: "terminal", label: "Command" },
  schedule: { icon: "clock", label: "Schedule" },
  webhook: { icon: "bolt", label: "Webhook" },
}

/** How a run came about, as icon and word. */
export function triggerLook(trigger: string): { icon: GlyphName; label: string } {
  return TRIGGERS[trigger] ?? { icon: "play", label: trigger }
}

type Times = Pick<Run, "status" | "created_at" | "started_at" | "finished_at"> & {
  duration_ms?: number | null
}

/** How long a run took, or has been taking; null before it started. */
export function elapsed(run: Times, now: Date): number | null {
  if (isTerminal(run.status) && run.duration_ms !== null && run.duration_ms !== undefined)
    return run.duration_ms
  if (!run.started_at) return null
  const end = run.finished_at ? Date.parse(run.finished_at) : now.getTime()
  return Math.max(0, end - Date.parse(run.started_at))
}

/** How many nodes stand in each state, in the order in which they are listed; states without a node are left out. */
export function countStates(
  nodes: readonly string[],
  stateOf: (node: string) => Status | undefined,
): readonly (readonly [Status, number])[] {
  const counts = new Map<Status, number>()
  for (const node of nodes) {
    const status = stateOf(node) ?? "pending"
    counts.set(status, (counts.get(status) ?? 0) + 1)
  }
  return NODE_STATUSES.filter((status) => counts.has(status)).map((status) => [
    status,
    counts.get(status) ?? 0,
  ])
}

const REASONS: Readonly<Record<string, string>> = {
  upstream_failed: "a node before it failed",
  upstream_skipped: "every node before it was skipped",
  should_run: "its input should_run was false",
  branch_not_taken: "this branch was not taken",
  dead_branch: "this branch was not taken",
  disabled: "it is switched off in the workflow",
  cancelled: "the run was cancelled",
}

/** Why a node was skipped, as a sentence. A reason that is no code of ours is already one. */
export function skipText(reason: string | null): string {
  if (!reason) return "Skipped."
  const known = REASONS[reason]
  if (known) return `Skipped: ${known}.`
  const text = reason.replace(/^skipped:\s*/i, "")
  return /[.!?]$/.test(text) ? `Skipped: ${text}` : `Skipped: ${text}.`
}
