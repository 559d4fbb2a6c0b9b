import type { Status } from "../status"
import type { RunEvent, RunSummary } from "./frames"
import type { NodeError, NodeState } from "./statusStore"

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
  return nodeAfter(state, { ...event, type: "node.cancelled", attempt: state.attempt, data: { reason } })
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
