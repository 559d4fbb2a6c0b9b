import type { ConnectionDocument, Run } from "../api/types"
import type { GlyphName } from "../shared/icons/glyphs"
import type { NodeState } from "../shared/live/statusStore"
import { until } from "../shared/format"
import { isTerminal, NODE_STATUSES, type Status } from "../shared/status"

const TRIGGERS: Readonly<Record<string, { icon: GlyphName; label: string }>> = {
  manual: { icon: "play", label: "By hand" },
  api: { icon: "code", label: "API" },
  command: { icon: "terminal", label: "Command" },
  schedule: { icon: "clock", label: "Schedule" },
  webhook: { icon: "bolt", label: "Webhook" },
  workflow: { icon: "subflow", label: "Workflow" },
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

/** Why a node was skipped, as a sentence; `source` is the title of the node that decided it. */
export function skipText(reason: string | null, source: string | null): string {
  const who = source ? `“${source}”` : "a node before it"
  switch (reason) {
    case "upstream_failed":
      return `Skipped: ${who} failed.`
    case "upstream_skipped":
      return `Skipped: ${who} was skipped.`
    case "branch_not_taken":
      return `Skipped: ${who} took another branch.`
    case "no_error":
      return `Skipped: ${who} did not fail.`
    case "should_run_false":
      return `Skipped: ${who} said that it should not run.`
    case "disabled":
      return "Skipped: it is switched off in the workflow."
    default:
      return reason ? `Skipped: ${reason}` : "Skipped."
  }
}

/** Which part of its workflow a run covers; `node` is the title of the node that the part is named by. */
export function partText(mode: Run["mode"], node: string | null): string {
  const title = node === null ? "one node" : `“${node}”`
  switch (mode) {
    case "failed":
      return "What had failed"
    case "to_node":
      return `To ${title}`
    case "from_node":
      return `From ${title}`
    case "single":
      return `Only ${title}`
    default:
      return "All of it"
  }
}

/** How many attempts there were, on how many nodes. */
export function attemptCounts(
  nodes: readonly string[],
  stateOf: (node: string) => { attempt: number } | undefined,
): { attempts: number; nodes: number } {
  const counts = nodes.map((node) => stateOf(node)?.attempt ?? 0).filter((attempts) => attempts > 0)
  return { attempts: counts.reduce((sum, attempts) => sum + attempts, 0), nodes: counts.length }
}

/** The node that decided a skip: back along skipped nodes to the one that failed or took another branch. */
export function skipCause(
  connections: readonly ConnectionDocument[],
  stateOf: (node: string) => Pick<NodeState, "status" | "reason"> | undefined,
  node: string,
): string | null {
  const seen = new Set<string>()
  let at = node
  while (!seen.has(at)) {
    seen.add(at)
    const wires = connections.filter((wire) => wire.target === at)
    const reason = stateOf(at)?.reason
    const from = (test: (source: string) => boolean) => wires.find(({ source }) => test(source))?.source
    if (reason === "should_run_false")
      return wires.find((wire) => wire.input === "should_run")?.source ?? null
    const decided =
      reason === "upstream_failed"
        ? from((source) => stateOf(source)?.status === "failed")
        : reason === "upstream_skipped"
          ? undefined
          : from((source) => stateOf(source)?.status === "succeeded")
    if (decided !== undefined) return decided
    const skipped = from((source) => stateOf(source)?.status === "skipped")
    if (skipped === undefined) return at === node ? null : at
    at = skipped
  }
  return at
}

/** When a parked run or node goes on: "goes on in 40 s", "due now". */
export function goesOn(wakeAt: string, now: Date): string {
  return Date.parse(wakeAt) <= now.getTime() ? "due now" : `goes on ${until(wakeAt, now)}`
}
