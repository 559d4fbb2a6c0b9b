import { useCallback, useSyncExternalStore } from "react"
import type { Status } from "../status"

/** What is known of one node in a run, in the shape of the API and of the socket's snapshot. */
export interface NodeState {
  status: Status
  attempt: number
  started_at: string | null
  finished_at: string | null
  items: number | null
  error: NodeError | null
  reason: string | null
  wake_at: string | null
  progress?: { done: number; total: number | null } | null
}

export interface NodeError {
  code: string
  message: string
  line?: number | null
  [key: string]: unknown
}

type BatchListener = (touched: ReadonlySet<string>) => void
type Schedule = (flush: () => void) => unknown

const byFrame: Schedule = (flush) => {
  // A hidden tab gets no frames: a timer then keeps the page's title and announcements alive.
  if (document.visibilityState === "hidden") setTimeout(flush, 250)
  else requestAnimationFrame(flush)
}

/**
 * Live state by node id, outside the node array and outside React: one event wakes one component, however many
 * nodes the workflow has. Notices are coalesced: at most one for each node and frame.
 */
export class StatusStore {
  private states = new Map<string, NodeState>()
  private listeners = new Map<string, Set<() => void>>()
  private batchListeners = new Set<BatchListener>()
  private touched = new Set<string>()
  private scheduled = false

  constructor(private readonly schedule: Schedule = byFrame) {}

  get = (id: string): NodeState | undefined => this.states.get(id)

  ids(): Iterable<string> {
    return this.states.keys()
  }

  set(id: string, state: NodeState): void {
    if (this.states.get(id) === state) return
    this.states.set(id, state)
    this.touch(id)
  }

  /** Moves every node on by the same rule; those that it leaves as they are wake nobody. */
  update(rule: (state: NodeState) => NodeState): void {
    for (const [id, state] of this.states) this.set(id, rule(state))
  }

  /** Replaces everything, as a snapshot does. */
  replace(states: Readonly<Record<string, NodeState>>): void {
    for (const id of this.states.keys()) if (!(id in states)) this.touch(id)
    this.states = new Map(Object.entries(states))
    for (const id of this.states.keys()) this.touch(id)
  }

  clear(): void {
    this.replace({})
  }

  subscribe(id: string, notice: () => void): () => void {
    const set = this.listeners.get(id) ?? new Set()
    this.listeners.set(id, set.add(notice))
    return () => {
      set.delete(notice)
    }
  }

  /** Once a frame, with all ids touched in it. */
  subscribeBatch(notice: BatchListener): () => void {
    this.batchListeners.add(notice)
    return () => {
      this.batchListeners.delete(notice)
    }
  }

  private touch(id: string): void {
    this.touched.add(id)
    if (this.scheduled) return
    this.scheduled = true
    this.schedule(() => this.flush())
  }

  private flush(): void {
    const touched = this.touched
    this.touched = new Set()
    this.scheduled = false
    for (const id of touched) this.listeners.get(id)?.forEach((notice) => notice())
    for (const notice of this.batchListeners) notice(touched)
  }
}

/** The live state of one node; undefined while no run has touched it. */
export function useNodeState(store: StatusStore, id: string): NodeState | undefined {
  const subscribe = useCallback((notice: () => void) => store.subscribe(id, notice), [store, id])
  return useSyncExternalStore(subscribe, () => store.get(id))
}
