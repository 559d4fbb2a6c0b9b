/** The run drawn on the canvas: its states by node, kept up to date by the socket. No React. */
import { createStore } from "zustand"
import type { RunDetail } from "../api/types"
import { announce } from "../shared/announce"
import type { RunSummary } from "../shared/live/frames"
import { nodeAfterRun, runAfter, takeNodeEvent } from "../shared/live/reduce"
import { RunSocket, type Connection, type RunSocketHandlers } from "../shared/live/runSocket"
import { withoutWords } from "../shared/live/withoutWords"
import { ScopeReader } from "../shared/live/scopes"
import { StatusStore } from "../shared/live/statusStore"
import { isTerminal, statusLabel, type RunStatus } from "../shared/status"
import { rereadAll } from "../api/access"
import { queryClient } from "../api/query"
import { readRun, readScope } from "./api"

export interface ShownRun {
  id: string
  number: number
  run: RunSummary
  connection: Connection
  /** The steps that take part; null for all. */
  takesPart: ReadonlySet<string> | null
  /** What this person may do with it; null for one just started, of which that was not told. */
  can: readonly string[] | null
  /** Grows when a node ended: what is shown of its output is then read again. */
  ended: Readonly<Record<string, number>>
}

export class LiveRun {
  readonly statuses = new StatusStore()
  readonly store = createStore<{ shown: ShownRun | null }>(() => ({ shown: null }))
  private socket: RunSocket | null = null
  private scopes: ScopeReader | null = null

  /** `viewed`: somebody else’s eyes see it, who may not read the messages that frames carry. */
  constructor(private readonly viewed = false) {}

  /** Draws a run from what the API tells, then follows it until it ends. */
  show(run: RunDetail): void {
    this.leave(run.id)
    this.statuses.replace(run.nodes)
    const summary: RunSummary = {
      status: run.status,
      started_at: run.started_at,
      finished_at: run.finished_at,
      error: run.error,
    }
    const connection: Connection = isTerminal(run.status) ? "closed" : "connecting"
    const takesPart = run.selected ? new Set(run.selected) : null
    this.store.setState({
      shown: { id: run.id, number: run.number, run: summary, connection, takesPart, can: run.can, ended: {} },
    })
    if (!isTerminal(run.status)) this.follow(run.id, run.seq)
  }

  /** Follows a run of the whole graph that was just started, from its first event. */
  start(run: { id: string; number: number; status: string }): void {
    this.leave(run.id)
    this.statuses.clear()
    const summary: RunSummary = { status: run.status as RunStatus }
    this.store.setState({
      shown: {
        id: run.id,
        number: run.number,
        run: summary,
        connection: "connecting",
        takesPart: null,
        can: null,
        ended: {},
      },
    })
    this.follow(run.id, 0)
  }

  hide(): void {
    this.leave(null)
    this.socket = null
    this.statuses.clear()
    this.store.setState({ shown: null })
  }

  /** Reads the run on the canvas again, as this person may see it now. */
  async reread(): Promise<void> {
    const id = this.store.getState().shown?.id
    if (id === undefined) return
    try {
      const run = await readRun(id)
      if (this.store.getState().shown?.id === id) this.show(run)
    } catch {
      if (this.store.getState().shown?.id === id) this.hide() // it is no longer open to them
    }
  }

  stop(): void {
    this.socket?.close()
    this.socket = null
  }

  /** Reads what ran inside an iteration of which nothing is known. */
  readScope(path: string): void {
    this.scopes?.request(path)
  }

  private leave(next: string | null): void {
    this.socket?.close()
    this.scopes?.stop()
    this.scopes = next === null ? null : new ScopeReader(this.statuses, (path) => readScope(next, path))
  }

  private follow(runId: string, after: number): void {
    const handlers: RunSocketHandlers = {
      onEvents: (events) => {
        const ended: string[] = []
        let run = this.store.getState().shown?.run
        for (const event of events) {
          if (event.node) {
            takeNodeEvent(this.statuses, event.node, event)
            if (event.type === "node.succeeded" || event.type === "node.failed") ended.push(event.node)
          } else if (run) {
            run = runAfter(run, event)
            this.statuses.update((state) => nodeAfterRun(state, event))
          }
        }
        if (run) this.update(run, ended)
      },
      onSnapshot: ({ run, nodes }) => {
        this.statuses.replace(nodes)
        this.update(run, Object.keys(nodes))
      },
      onAccess: () => {
        void this.reread()
        rereadAll(queryClient)
      },
      onConnection: (connection) => {
        this.patch({ connection })
        if (connection === "refused") void this.reread()
      },
    }
    this.socket = new RunSocket({ runId, after, handlers: this.viewed ? withoutWords(handlers) : handlers })
  }

  private update(run: RunSummary, endedNodes: readonly string[]): void {
    const { shown } = this.store.getState()
    if (!shown) return
    const ended = endedNodes.length ? { ...shown.ended } : shown.ended
    for (const node of endedNodes) (ended as Record<string, number>)[node] = (shown.ended[node] ?? 0) + 1
    const finished = isTerminal(run.status) && !isTerminal(shown.run.status)
    if (run !== shown.run || ended !== shown.ended) this.patch({ run, ended })
    if (!finished) return
    this.stop()
    announce(
      `Run ${shown.number}: ${statusLabel(run.status).toLowerCase()}`,
      run.status === "failed" ? "assertive" : "polite",
    )
  }

  private patch(change: Partial<ShownRun>): void {
    this.store.setState(({ shown }) => ({ shown: shown && { ...shown, ...change } }))
  }
}
