/** Keeps a draft on the server. Decides; the network, the clock and the local copy are given. No React. */
import { ApiProblem } from "../api/problem"
import type { Draft, GraphDocument } from "../api/types"

export type SaveState =
  | { phase: "saved"; at: string }
  | { phase: "dirty" | "saving"; changes: number }
  | { phase: "offline"; changes: number }
  | { phase: "conflict"; changes: number; theirs: Draft }
  | { phase: "refused"; changes: number; message: string }

/** What this browser keeps until the server has it. */
export interface LocalCopy {
  revision: number
  graph: GraphDocument
  at: string
}

export interface Deps {
  save: (graph: GraphDocument, revision: number) => Promise<Draft>
  keep: (copy: LocalCopy) => void
  forget: () => void
  onState: (state: SaveState) => void
  onSaved: (draft: Draft) => void
  setTimer?: (run: () => void, ms: number) => unknown
  clearTimer?: (timer: unknown) => void
  now?: () => Date
}

const QUIET_MS = 600
const FIRST_RETRY_MS = 2_000
const MAX_RETRY_MS = 30_000

export class Autosave {
  private graph: GraphDocument
  private savedGraph: GraphDocument
  private changes = 0
  private timer: unknown = null
  private running: Promise<void> | null = null
  private failures = 0
  private stopped = false
  private current: SaveState

  constructor(
    draft: { graph: GraphDocument; revision: number; updated_at: string },
    private readonly deps: Deps,
  ) {
    this.graph = this.savedGraph = draft.graph
    this.revision = draft.revision
    this.current = { phase: "saved", at: draft.updated_at }
  }

  revision: number

  get state(): SaveState {
    return this.current
  }

  get isClean(): boolean {
    return this.graph === this.savedGraph
  }

  /** The graph is now this one. Saved 600 ms after the last change. */
  changed(graph: GraphDocument): void {
    if (graph === this.graph) return
    this.graph = graph
    this.changes++
    this.keepCopy()
    if (this.current.phase === "conflict") {
      this.tell({ ...this.current, changes: this.changes })
      return
    }
    this.tell({
      phase: this.current.phase === "offline" ? "offline" : this.running ? "saving" : "dirty",
      changes: this.changes,
    })
    if (!this.running) this.schedule(this.failures ? this.retryDelay() : QUIET_MS)
  }

  /** Saves now what is not saved. Resolves when the server has it; rejects when it can't be. */
  async flush(): Promise<void> {
    this.cancel()
    if (this.running) await this.running
    if (this.isClean) return
    await this.run()
    if (!this.isClean) {
      if (this.current.phase === "conflict")
        throw new Error("Someone else changed this draft. Choose which one to keep first.")
      if (this.current.phase === "refused") throw new Error(this.current.message)
      throw new Error("The draft is not saved yet: the server can't be reached.")
    }
  }

  /** The network is back, or a person asks. */
  retry(): void {
    if (this.isClean || this.running || this.current.phase === "conflict") return
    this.cancel()
    void this.run()
  }

  /** Of two drafts, this browser's: it becomes the next revision. */
  keepMine(): void {
    if (this.current.phase !== "conflict") return
    this.revision = this.current.theirs.revision
    this.tell({ phase: "dirty", changes: this.changes })
    void this.run()
  }

  /** Of two drafts, the other. The caller shows `graph`; ours stays one undo away. */
  takeTheirs(): Draft | null {
    if (this.current.phase !== "conflict") return null
    const { theirs } = this.current
    this.adopt(theirs)
    return theirs
  }

  /** A newer draft without changes of ours. */
  adopt(draft: Draft): void {
    this.cancel()
    this.graph = this.savedGraph = draft.graph
    this.revision = draft.revision
    this.changes = 0
    this.failures = 0
    this.deps.forget()
    this.tell({ phase: "saved", at: draft.updated_at })
  }

  /** Changes found in this browser, made on a revision that is no longer the newest. */
  reportConflict(graph: GraphDocument, theirs: Draft): void {
    this.cancel()
    this.graph = graph
    this.changes = Math.max(1, this.changes)
    this.tell({ phase: "conflict", changes: this.changes, theirs })
  }

  /** No more saving; what is open stays in the local copy. */
  stop(): void {
    this.cancel()
    if (!this.isClean && this.current.phase !== "conflict" && !this.running) void this.run()
    this.stopped = true
  }

  private async run(): Promise<void> {
    this.running ??= this.attempt().finally(() => {
      this.running = null
    })
    await this.running
  }

  private async attempt(): Promise<void> {
    const sent = this.graph
    const changes = this.changes
    if (this.current.phase !== "offline") this.tell({ phase: "saving", changes })
    try {
      const draft = await this.deps.save(sent, this.revision)
      this.acknowledged(draft, sent, changes)
    } catch (reason) {
      this.failed(reason)
    }
  }

  private acknowledged(draft: Draft, sent: GraphDocument, changes: number): void {
    this.revision = draft.revision
    this.savedGraph = sent
    this.changes -= changes
    this.failures = 0
    this.deps.onSaved(draft)
    if (this.isClean) {
      this.changes = 0
      this.deps.forget()
      this.tell({ phase: "saved", at: draft.updated_at })
    } else {
      this.keepCopy()
      this.tell({ phase: "dirty", changes: this.changes })
      this.schedule(QUIET_MS)
    }
  }

  private failed(reason: unknown): void {
    const problem = reason instanceof ApiProblem ? reason : new ApiProblem(0)
    if (problem.status === 412 && isDraft(problem.body.current)) {
      this.tell({ phase: "conflict", changes: this.changes, theirs: problem.body.current })
    } else if (problem.isOffline || problem.status === 429 || problem.status >= 500) {
      this.failures++
      this.tell({ phase: "offline", changes: this.changes })
      this.schedule(this.retryDelay())
    } else {
      const first = problem.errors[0]?.message
      this.tell({ phase: "refused", changes: this.changes, message: first ?? problem.message })
    }
  }

  private retryDelay(): number {
    return Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** (this.failures - 1))
  }

  private keepCopy(): void {
    const now = this.deps.now?.() ?? new Date()
    this.deps.keep({ revision: this.revision, graph: this.graph, at: now.toISOString() })
  }

  private schedule(ms: number): void {
    this.cancel()
    if (this.stopped) return
    const setTimer = this.deps.setTimer ?? setTimeout
    this.timer = setTimer(() => {
      this.timer = null
      void this.run()
    }, ms)
  }

  private cancel(): void {
    const clearTimer = this.deps.clearTimer ?? ((timer: unknown) => clearTimeout(timer as number))
    if (this.timer !== null) clearTimer(this.timer)
    this.timer = null
  }

  private tell(state: SaveState): void {
    this.current = state
    this.deps.onState(state)
  }
}

function isDraft(value: unknown): value is Draft {
  return typeof value === "object" && value !== null && "graph" in value && "revision" in value
}
