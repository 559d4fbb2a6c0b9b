/** The frames of the run socket. */
import type { RunStatus } from "../status"
import type { NodeState } from "./statusStore"

export interface RunEvent {
  /** Absent on ephemeral events such as `node.progress`. */
  seq?: number
  at: string
  type: string
  node: string | null
  attempt: number | null
  data: Record<string, unknown>
}

export interface RunSummary {
  status: RunStatus
  started_at?: string | null
  finished_at?: string | null
  wake_at?: string | null
  error?: { code: string; message: string; node?: string | null } | null
  [key: string]: unknown
}

export interface Snapshot {
  seq: number
  run: RunSummary
  nodes: Record<string, NodeState>
}

export type Frame =
  | { events: RunEvent[] }
  | { snapshot: Snapshot }
  | { log: { upto: number } }
  | { access: { changed: true } }
  | { ping: number }
