import type { Status } from "../status"
import type { RunEvent, RunSummary } from "./frames"
import { scopeOf, type Iterations, type NodeError, type NodeState, type StatusStore } from "./statusStore"

const PENDING: NodeState = {
  status: "pending",
  attempt: 0,
  started_at: null,
  finished_at: null,
  items: null,
  error: null,
  reason: null,
  wake_at: null,
  progress: null,
}

/** A node's state after one more event. Pure; an event of another kind returns the same object. */
export function nodeAfter(before: NodeState | undefined, event: RunEvent): NodeState {
  const state = before ?? PENDING
  const { data, at } = event
  const attempt = event.attempt ?? state.attempt
  switch (event.type) {
    case "node.started":
      return {
        ...state,
        status: "running",
        attempt,
        started_at: state.attempt ? (state.started_at ?? at) : at,
        finished_at: null,
        error: null,
        reason: null,
        wake_at: null,
        returned_error: null,
        ...(isLooping(data) ? { iterations: state.iterations ?? noneYet(data) } : {}),
      }
    case "node.progress":
      return {
        ...state,
        progress: { done: Number(data.done ?? 0), total: data.total == null ? null : Number(data.total) },
      }
    case "node.retrying":
      return { ...state, status: "retrying", attempt, error: errorOf(data), wake_at: textOf(data.next_at) }
    case "node.waiting":
      return {
        ...state,
        status: "waiting",
        attempt,
        reason: textOf(data.reason),
        wake_at: textOf(data.until),
      }
    case "node.succeeded":
    case "node.failed":
    case "node.skipped":
    case "node.cancelled":
      return {
        ...state,
        status: event.type.slice("node.".length) as Status,
        attempt,
        finished_at: at,
        items: typeof data.items === "number" ? data.items : state.items,
        error: event.type === "node.failed" ? errorOf(data) : null,
        reason: textOf(data.reason),
        wake_at: null,
        progress: null,
        ...(data.pinned === true ? { pinned: true } : {}),
        ...(data.returned_error ? { returned_error: textOf(data.returned_error) } : {}),
        ...(data.copied_from ? { copied_from: referenceOf(data.copied_from) } : {}),
      }
    default:
      return state
  }
}

const OPEN: readonly Status[] = ["running", "retrying", "waiting"]

/** Whether the event ends its run and with it every node that is still open. */
export const cutsShort = ({ type }: RunEvent): boolean => type === "run.failed" || type === "run.cancelled"

/** A node's state after an event of its run: what is open when a run fails or is cancelled ends with it. */
export function nodeAfterRun(state: NodeState, event: RunEvent): NodeState {
  if (!cutsShort(event) || !OPEN.includes(state.status)) return state
  const reason = event.type.replace(".", "_")
  const ended = nodeAfter(state, {
    ...event,
    type: "node.cancelled",
    attempt: state.attempt,
    data: { reason },
  })
  return ended.iterations ? { ...ended, iterations: { ...ended.iterations, running: [] } } : ended
}

const isLooping = (data: Record<string, unknown>): boolean =>
  data.container === "loop" || data.container === "map"

const noneYet = ({ total }: Record<string, unknown>): Iterations => ({
  total: typeof total === "number" ? total : null,
  done: 0,
  failed: 0,
  running: [],
  failed_first: [],
})

/** Events name the run by its id alone; the API tells its number too. */
const referenceOf = (value: unknown): NodeState["copied_from"] =>
  typeof value === "object" && value !== null && "id" in value
    ? (value as NodeState["copied_from"])
    : { id: typeof value === "string" ? value : "" }

/** How many iterations of failures are listed, and how many ended ones are kept whole. */
const LISTED = 20
const KEPT_SCOPES = 64

/** The iterations of a loop or a map after one of them started or ended. */
export function iterationsAfter(before: Iterations, type: string, iteration: number): Iterations {
  const others = before.running.filter((number) => number !== iteration)
  if (type === "node.started") return { ...before, running: [...others, iteration] }
  if (type === "node.succeeded") return { ...before, running: others, done: before.done + 1 }
  if (type === "node.cancelled") return { ...before, running: others }
  if (type !== "node.failed") return before
  const listed = [...before.failed_first, iteration].sort((a, b) => a - b).slice(0, LISTED)
  return { ...before, running: others, failed: before.failed + 1, failed_first: listed }
}

const ENDS = new Set(["node.succeeded", "node.failed", "node.cancelled"])
const ended = new WeakMap<StatusStore, string[]>()

/**
 * Takes a node's event into the store: its own state and, where it is an iteration, what its loop or map says of
 * them. Iterations that ended long ago are dropped: a map may have many thousands. Returns the node's state.
 */
export function takeNodeEvent(statuses: StatusStore, node: string, event: RunEvent): NodeState {
  const state = nodeAfter(statuses.get(node), event)
  statuses.set(node, state)
  const container = statuses.get(scopeOf(node))
  const iteration = Number(node.slice(node.lastIndexOf("/") + 1))
  if (!container?.iterations || !Number.isInteger(iteration)) return state
  const iterations = iterationsAfter(container.iterations, event.type, iteration)
  statuses.set(scopeOf(node), { ...container, iterations })
  if (ENDS.has(event.type)) fold(statuses, node)
  return state
}

function fold(statuses: StatusStore, iteration: string): void {
  const list = ended.get(statuses) ?? []
  ended.set(statuses, list)
  list.push(iteration)
  if (list.length <= KEPT_SCOPES) return
  const oldest = list.shift()
  if (oldest) statuses.forget(oldest)
}

/** The run's own state after one more event. */
export function runAfter(run: RunSummary, event: RunEvent): RunSummary {
  const { at, data } = event
  switch (event.type) {
    case "run.queued":
      return { ...run, status: "queued" }
    case "run.started":
    case "run.resumed":
      return { ...run, status: "running", started_at: run.started_at ?? at, wake_at: null }
    case "run.waiting":
      return { ...run, status: "waiting", wake_at: textOf(data.wake_at ?? data.until) }
    case "run.paused":
      return { ...run, status: "paused" }
    case "run.succeeded":
    case "run.cancelled":
      return {
        ...run,
        status: event.type === "run.succeeded" ? "succeeded" : "cancelled",
        finished_at: at,
        wake_at: null,
      }
    case "run.failed":
      return {
        ...run,
        status: "failed",
        finished_at: at,
        error: errorOf(data) ?? run.error ?? null,
        wake_at: null,
      }
    default:
      return run
  }
}

function errorOf(data: Record<string, unknown>): NodeError | null {
  const { error } = data
  return typeof error === "object" && error !== null && "message" in error ? (error as NodeError) : null
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null
}

/** How long a node worked: to its end, or until `now` while it still works. Null before it started. */
export function nodeDuration(state: NodeState | undefined, now: number): number | null {
  if (!state?.started_at) return null
  const end = state.finished_at ? Date.parse(state.finished_at) : now
  return Math.max(0, end - Date.parse(state.started_at))
}
