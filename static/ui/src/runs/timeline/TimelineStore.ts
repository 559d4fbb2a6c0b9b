/** The rows of a run's timeline, by path: read page by page from the API, moved on by the socket's events. No React. */
import type { components } from "../../api/schema"
import type { RunEvent } from "../../shared/live/frames"
import { cutsShort } from "../../shared/live/reduce"
import { scopeOf } from "../../shared/live/statusStore"
import { cutShort, endOf, rowAfter, rowFrom, type Row, type RowBody } from "./rows"

export type TimelinePage = Omit<components["schemas"]["RunTimeline"], "results"> & {
  results: readonly RowBody[]
}

/** `container` names an iteration (`each/3`) or a sub-workflow; empty for the run itself. */
export type ReadTimeline = (
  container: string,
  take: (page: TimelinePage) => void,
  signal: AbortSignal,
) => Promise<void>

/** Iterations that were watched from their start and ended long ago are dropped. */
const KEPT_SCOPES = 64
const AGAIN_MS = 4_000

type Scope = "reading" | "known"

const isIteration = (path: string): boolean => /\/[1-9]\d*$/.test(path)

/** An iteration or a sub-workflow: steps lie right inside. */
const holdsSteps = (path: string, { data }: RunEvent): boolean =>
  isIteration(path) || data.container === "sub"

export class TimelineStore {
  /** Grows with every change. */
  version = 0
  startedAt: number | null = null
  finishedAt: number | null = null
  error: Error | null = null
  private rows = new Map<string, Row>()
  private critical = new Map<string, ReadonlySet<string>>()
  private scopes = new Map<string, Scope>()
  /** Scopes in the order in which they were first watched. */
  private watched: string[] = []
  /** Events that came while something was being read: an answer may be older than they are. */
  private recent: RunEvent[] = []
  private reading = 0
  private stopping = new AbortController()
  private listeners = new Set<() => void>()

  constructor(private readonly read: ReadTimeline) {}

  get = (path: string): Row | undefined => this.rows.get(path)

  /** Whether a node made its run, or its iteration, last as long as it did. */
  isCritical = (path: string): boolean => this.critical.get(scopeOf(path))?.has(path) ?? false

  /** Whether the rows of the run itself are there. */
  get isKnown(): boolean {
    return this.scopes.get("") === "known"
  }

  subscribe = (notice: () => void): (() => void) => {
    this.listeners.add(notice)
    return () => {
      this.listeners.delete(notice)
    }
  }

  /** Reads the rows of a scope once. */
  open(scope: string): void {
    if (this.scopes.has(scope)) return
    void this.fill(scope)
  }

  /** Reads all again: after a gap in the events, and at the end for the critical path. */
  refresh(): void {
    const scopes = [...this.scopes.keys()].filter((scope) => scope === "" || this.hasRows(scope))
    this.scopes.clear()
    this.watched = []
    for (const scope of new Set(["", ...scopes])) void this.fill(scope)
  }

  start(): void {
    this.stopping = new AbortController()
    this.refresh()
  }

  stop(): void {
    this.stopping.abort()
  }

  take(events: readonly RunEvent[]): void {
    if (this.reading) this.recent.push(...events)
    for (const event of events) this.apply(event)
    this.changed()
  }

  /** When the last known thing ended, or `now`. */
  latest(now: number): number {
    let latest = this.startedAt ?? now
    for (const [path, row] of this.rows)
      if (!path.includes("/")) latest = Math.max(latest, endOf(row, now) ?? latest)
    return latest
  }

  private apply(event: RunEvent): void {
    const at = Date.parse(event.at)
    if (event.type === "run.started") this.startedAt ??= at
    if (/^run\.(succeeded|failed|cancelled)$/.test(event.type)) this.finishedAt = at
    if (cutsShort(event)) for (const [path, row] of this.rows) this.rows.set(path, cutShort(row, at))
    const { node } = event
    if (!node) return
    if (event.type === "node.started" && holdsSteps(node, event)) this.watch(node)
    if (this.scopes.has(scopeOf(node)) || this.scopes.has(node))
      this.rows.set(node, rowAfter(this.rows.get(node), event))
  }

  /** What starts now is known from its first event on: what lies inside need not be read. */
  private watch(path: string): void {
    if (this.scopes.has(path)) return
    this.scopes.set(path, "known")
    this.watched.push(path)
    if (this.watched.length > KEPT_SCOPES) this.forget(this.watched.shift() ?? "")
  }

  private forget(scope: string): void {
    this.scopes.delete(scope)
    for (const path of this.rows.keys()) if (scopeOf(path) === scope) this.rows.delete(path)
    if (isIteration(scope)) this.rows.delete(scope)
  }

  private hasRows(scope: string): boolean {
    for (const path of this.rows.keys()) if (scopeOf(path) === scope) return true
    return false
  }

  private async fill(scope: string): Promise<void> {
    this.scopes.set(scope, "reading")
    this.reading++
    const { signal } = this.stopping
    try {
      await this.read(scope, (page) => this.takePage(scope, page), signal)
      this.scopes.set(scope, "known")
      if (scope === "") this.error = null
    } catch (reason) {
      if (signal.aborted) return
      if (scope === "") this.error = reason instanceof Error ? reason : new Error("It could not be read.")
      setTimeout(() => this.scopes.delete(scope), AGAIN_MS)
    } finally {
      this.reading--
      if (!this.reading) this.recent = []
      this.changed()
    }
  }

  private takePage(scope: string, page: TimelinePage): void {
    const fresh = new Set<string>()
    for (const body of page.results) {
      fresh.add(body.node)
      this.rows.set(body.node, rowFrom(body))
    }
    for (const event of this.recent) {
      if ((event.seq ?? 0) > page.seq && event.node && fresh.has(event.node))
        this.rows.set(event.node, rowAfter(this.rows.get(event.node), event))
    }
    if (page.critical_path.length) this.critical.set(scope, new Set(page.critical_path))
    if (scope === "") this.takeRun(page)
    this.changed()
  }

  private takeRun(page: TimelinePage): void {
    this.startedAt = page.started_at ? Date.parse(page.started_at) : this.startedAt
    this.finishedAt = page.finished_at ? Date.parse(page.finished_at) : this.finishedAt
  }

  private changed(): void {
    this.version++
    for (const notice of this.listeners) notice()
  }
}
