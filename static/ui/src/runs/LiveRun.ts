import { createStore, type StoreApi } from "zustand/vanilla"
import type { Denial, LogEntry, RunDetail } from "../api/types"
import type { RunEvent, RunSummary, Snapshot } from "../shared/live/frames"
import { nodeAfterRun, runAfter, takeNodeEvent } from "../shared/live/reduce"
import type { Connection, RunSocketHandlers } from "../shared/live/runSocket"
import { type NodeState, StatusStore } from "../shared/live/statusStore"
import { isTerminal } from "../shared/status"
import { addLines, type LogState, NO_LOG } from "./logStore"
import { type ReadTimeline, TimelineStore } from "./timeline/TimelineStore"

export interface LiveState {
  readonly run: RunSummary
  /** Whether this person may see what nodes took, gave and wrote. */
  readonly mayReadData: boolean
  readonly connection: Connection
  /** Why the server refused to tell more, where it did. */
  readonly refusal: string | null
  /** The last event known, for the notice while the connection is lost. */
  readonly seq: number
  readonly log: LogState
  /** The nodes whose lines are left out for this reader, and why. */
  readonly deniedLogs: Readonly<Record<string, Denial>>
  /** Grows when what the run waits for may have changed. */
  readonly turns: number
}

export interface LiveRunPorts {
  openSocket: (after: number, handlers: RunSocketHandlers) => { close: () => void }
  readTimeline: ReadTimeline
  readLogs: (after: number, take: TakeLines, signal: AbortSignal) => Promise<void>
  onNodeFailed?: (node: string, state: NodeState) => void
  onEnd?: (run: RunSummary) => void
  /** The reader may see more of it than before, or less. */
  onAccess?: () => void
}

export type TakeLines = (lines: readonly LogEntry[], denied: Readonly<Record<string, Denial>>) => void

/** Runs the newest of several requests for the same work after the one under way, never two at a time. */
class Single {
  private busy = false
  private again = false

  constructor(private readonly work: () => Promise<void>) {}

  request(): void {
    if (this.busy) {
      this.again = true
      return
    }
    this.busy = true
    void this.work()
      .catch(() => undefined) // the socket's own reconnection asks again
      .finally(() => {
        this.busy = false
        if (!this.again) return
        this.again = false
        this.request()
      })
  }
}

/** After these the run waits for something else, or no longer. */
const TURNS = /^run\.|^node\.(waiting|retrying)$/

/** One run as it happens: node states, the run's own state, its timeline and its log, kept up to date by the socket. */
export class LiveRun {
  readonly timeline: TimelineStore
  readonly store: StoreApi<LiveState>
  /** The run that results are taken over from, by its number too: events tell its id alone. */
  private readonly source: RunDetail["source_run"]
  private socket: { close: () => void } | null = null
  private logging = new AbortController()
  private readonly follow = new Single(() => this.readLog())

  constructor(
    detail: RunDetail,
    private readonly ports: LiveRunPorts,
    readonly statuses: StatusStore = new StatusStore(),
  ) {
    this.source = detail.source_run
    this.timeline = new TimelineStore(ports.readTimeline)
    this.statuses.replace(detail.nodes)
    const { status, started_at, finished_at, wake_at, error } = detail
    this.store = createStore<LiveState>(() => ({
      run: { status, started_at, finished_at, wake_at, error },
      mayReadData: detail.can.includes("run.data"),
      connection: "connecting",
      refusal: null,
      seq: detail.seq,
      log: NO_LOG,
      deniedLogs: {},
      turns: 0,
    }))
  }

  start(): void {
    this.logging = new AbortController()
    this.timeline.start()
    this.follow.request()
    if (isTerminal(this.store.getState().run.status)) return
    this.socket = this.ports.openSocket(this.store.getState().seq, {
      onEvents: (events) => this.takeEvents(events),
      onSnapshot: (snapshot) => this.takeSnapshot(snapshot),
      onLog: (upto) => {
        if (upto > this.store.getState().log.upto) this.follow.request()
      },
      onAccess: () => this.ports.onAccess?.(),
      onConnection: (connection, { seq, reason }) => {
        this.store.setState({ connection, seq, refusal: reason || null })
        if (connection === "live") this.follow.request()
        if (connection === "refused") this.ports.onAccess?.()
      },
    })
  }

  stop(): void {
    this.logging.abort()
    this.timeline.stop()
    this.socket?.close()
    this.socket = null
  }

  /** Drops all that this reader may no longer see, and reads the log again. */
  rereadData(): void {
    this.logging.abort()
    this.logging = new AbortController()
    this.statuses.update((state) =>
      state.error ? { ...state, error: { ...state.error, message: "" } } : state,
    )
    this.store.setState({ log: NO_LOG, deniedLogs: {} })
    this.follow.request()
  }

  /** Takes what this reader may see of the run as it was just read; states come by events alone. */
  adoptAccess({ nodes, error, can }: Pick<RunDetail, "nodes" | "error" | "can">): void {
    for (const [path, told] of Object.entries(nodes)) {
      const state = this.statuses.get(path)
      if (state?.error && told.error && state.attempt === told.attempt)
        this.statuses.set(path, { ...state, error: told.error })
    }
    const mayReadData = can.includes("run.data")
    const mayMore = mayReadData && !this.store.getState().mayReadData
    this.store.setState(({ run }) => ({ run: run.error ? { ...run, error } : run, mayReadData }))
    if (mayMore) this.follow.request()
  }

  private takeEvents(events: readonly RunEvent[]): void {
    const before = this.store.getState()
    let { run, seq, turns } = before
    for (const event of events) {
      run = runAfter(run, event)
      if (TURNS.test(event.type)) turns++
      seq = Math.max(seq, event.seq ?? 0)
      if (event.node) this.takeNodeEvent(event.node, event)
      else this.statuses.update((state) => nodeAfterRun(state, event))
    }
    this.timeline.take(events)
    this.store.setState({ run, seq, turns })
    this.noticeEnd(before.run, run)
  }

  private takeNodeEvent(node: string, event: RunEvent): void {
    let state = takeNodeEvent(this.statuses, node, event)
    if (this.source && state.copied_from?.id === this.source.id && !state.copied_from.number)
      this.statuses.set(node, (state = { ...state, copied_from: this.source }))
    // an item of a map is not worth an announcement: its map tells how many failed
    if (event.type === "node.failed" && !node.includes("/")) this.ports.onNodeFailed?.(node, state)
  }

  private takeSnapshot(snapshot: Snapshot): void {
    const before = this.store.getState().run
    this.statuses.replace(snapshot.nodes)
    const run = { ...before, ...snapshot.run }
    this.store.setState(({ turns }) => ({ run, seq: snapshot.seq, turns: turns + 1 }))
    this.timeline.refresh()
    this.noticeEnd(before, run)
  }

  /** At its end a run gets no more frames; what was logged last is read once more, and its critical path. */
  private noticeEnd(before: RunSummary, after: RunSummary): void {
    if (isTerminal(before.status) || !isTerminal(after.status)) return
    this.follow.request()
    this.timeline.refresh()
    this.ports.onEnd?.(after)
  }

  private async readLog(): Promise<void> {
    if (!this.store.getState().mayReadData) return
    await this.ports.readLogs(
      this.store.getState().log.upto,
      (lines, deniedLogs) => this.store.setState(({ log }) => ({ log: addLines(log, lines), deniedLogs })),
      this.logging.signal,
    )
  }
}
