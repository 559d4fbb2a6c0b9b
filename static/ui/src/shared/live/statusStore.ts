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
  /** How far a loop or a map is; null for other nodes. */
  iterations?: Iterations | null
  /** Its outputs were pinned: it did not run. */
  pinned?: boolean
  /** The run that its result was taken over from. */
  copied_from?: { id: string; number?: number | null } | null
  /** The code of a failure that its result tells of: it succeeded with it. */
  returned_error?: string | null
}

/** The iterations of a loop or a map, numbered from 1. Long lists are cut by who tells them. */
export interface Iterations {
  total: number | null
  done: number
  failed: number
  running: readonly number[]
  failed_first: readonly number[]
}

export interface NodeError {
  code: string
  message: string
  line?: number | null
  [key: string]: unknown
}

/** Where states are read by id, and heard of. */
export interface StatusSource {
  get: (id: string) => NodeState | undefined
  subscribe: (id: string, notice: () => void) => () => void
  subscribeBatch: (notice: BatchListener) => () => void
}

export type BatchListener = (touched: ReadonlySet<string>) => void
type Schedule = (flush: () => void) => unknown

const byFrame: Schedule = (flush) => {
  // A hidden tab gets no frames: a timer then keeps the page's title and announcements alive.
  if (document.visibilityState === "hidden") setTimeout(flush, 250)
  else requestAnimationFrame(flush)
}

/** The scope that a path lies in: `loop/3` for `loop/3/score`; empty for nodes at the top. */
export const scopeOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")))

/**
 * Live state by node path (at the top the node's id), outside the node array and outside React: one event wakes one component, however many
 * nodes the workflow has. Notices are coalesced: at most one for each node and frame.
 */
export class StatusStore implements StatusSource {
  private states = new Map<string, NodeState>()
  private scopes = new Map<string, Set<string>>()
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
    this.file(id)
    this.touch(id)
  }

  /** Whether anything is known of the nodes inside an iteration or a sub-workflow. */
  knows(scope: string): boolean {
    return this.scopes.has(scope)
  }

  /** Drops what lies inside an iteration: it can be read again. */
  forget(scope: string): void {
    for (const path of this.scopes.get(scope) ?? []) {
      this.states.delete(path)
      this.touch(path)
    }
    this.scopes.delete(scope)
  }

  /** Moves every node on by the same rule; those that it leaves as they are wake nobody. */
  update(rule: (state: NodeState) => NodeState): void {
    for (const [id, state] of this.states) this.set(id, rule(state))
  }

  /** Replaces everything, as a snapshot does. */
  replace(states: Readonly<Record<string, NodeState>>): void {
    for (const id of this.states.keys()) if (!(id in states)) this.touch(id)
    this.states = new Map(Object.entries(states))
    this.scopes.clear()
    for (const id of this.states.keys()) {
      this.file(id)
      this.touch(id)
    }
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

  private file(path: string): void {
    const scope = scopeOf(path)
    if (!scope) return
    const paths = this.scopes.get(scope)
    if (paths) paths.add(path)
    else this.scopes.set(scope, new Set([path]))
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
export function useNodeState(store: StatusSource, id: string): NodeState | undefined {
  const subscribe = useCallback((notice: () => void) => store.subscribe(id, notice), [store, id])
  return useSyncExternalStore(subscribe, () => store.get(id))
}
