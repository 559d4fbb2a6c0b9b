/** The timeline of a run: what each node did when, folded from the run's events. Pure geometry, times in ms. */

import type { GraphDocument } from "../api/types"
import type { RunEvent } from "../shared/live/frames"
import { cutsShort } from "../shared/live/reduce"

export type SegmentKind =
  "queued" | "ran" | "failed" | "backoff" | "waited" | "cancelled" | "running" | "waiting"

export interface Segment {
  readonly kind: SegmentKind
  /** Milliseconds since the run started. */
  readonly from: number
  readonly to: number
  readonly attempt: number
}

export interface TimelineRow {
  readonly node: string
  readonly segments: readonly Segment[]
  readonly attempts: number
  /** Set when the node was skipped. */
  readonly skipped: boolean
}

export interface Timeline {
  /** When the run started (before that: was asked for), in ms since 1970. */
  readonly origin: number
  /** The length of the axis. */
  readonly span: number
  readonly rows: ReadonlyMap<string, TimelineRow>
}

interface Open {
  kind: "running" | "backoff" | "waiting"
  from: number
  attempt: number
}

interface Draft {
  segments: Segment[]
  open: Open | null
  attempts: number
  skipped: boolean
}

const RUN_ENDS = new Set(["run.succeeded", "run.failed", "run.cancelled"])

function timeIn(data: RunEvent["data"], key: string): number | null {
  const text = data[key]
  const time = typeof text === "string" ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? null : time
}

function close(draft: Draft, kind: SegmentKind, to: number): void {
  if (!draft.open) return
  const { from, attempt } = draft.open
  draft.segments.push({ kind, from, to: Math.max(from, to), attempt })
  draft.open = null
}

/** What an open stretch is called once it is over without a verdict of its own. */
function settled(open: Open | null): SegmentKind {
  if (open?.kind === "backoff") return "backoff"
  return open?.kind === "waiting" ? "waited" : "ran"
}

function start(draft: Draft, event: RunEvent, at: number, origin: number): void {
  const attempt = event.attempt ?? draft.attempts + 1
  const ready = timeIn(event.data, "ready_at")
  // An attempt that never reported its end was lost with its worker; a parked node was only resumed.
  close(draft, draft.open?.kind === "running" ? "failed" : settled(draft.open), at)
  const queuedFrom = ready === null ? at : Math.max(0, ready - origin)
  const last = draft.segments.at(-1)
  if (queuedFrom < at && (!last || last.to <= queuedFrom)) {
    draft.segments.push({ kind: "queued", from: queuedFrom, to: at, attempt })
  }
  draft.attempts = Math.max(draft.attempts, attempt)
  draft.open = { kind: "running", from: at, attempt }
}

function step(draft: Draft, event: RunEvent, at: number, origin: number): void {
  const attempt = event.attempt ?? Math.max(1, draft.attempts)
  switch (event.type) {
    case "node.started":
      start(draft, event, at, origin)
      break
    case "node.retrying":
      close(draft, "failed", at)
      draft.open = { kind: "backoff", from: at, attempt }
      break
    case "node.waiting":
      close(draft, settled(draft.open), at)
      draft.open = { kind: "waiting", from: at, attempt }
      break
    case "node.failed":
      close(draft, draft.open?.kind === "backoff" ? "backoff" : "failed", at)
      break
    case "node.succeeded":
      close(draft, settled(draft.open), at)
      break
    case "node.cancelled":
      close(draft, "cancelled", at)
      break
    case "node.skipped":
      draft.skipped = true
      break
  }
}

/**
 * Folds events, in order of their `seq`, into rows. `now` closes what is still open while the run goes on. `rowOf` names
 * the row of an event's path: of a loop with thousands of rounds one is shown, and the others have none.
 */
export function buildTimeline(
  events: readonly RunEvent[],
  now: number,
  rowOf: (path: string) => string | undefined = (path) => path,
): Timeline {
  // From the start of the work: a run may have queued for an hour, which is a figure, not a picture.
  const first = events.find((event) => event.type === "run.started") ?? events[0]
  const origin = first ? Date.parse(first.at) : now
  const drafts = new Map<string, Draft>()
  let end: number | null = null
  let latest = 0
  for (const event of events) {
    const at = Math.max(0, Date.parse(event.at) - origin)
    latest = Math.max(latest, at)
    if (RUN_ENDS.has(event.type)) end = at
    if (cutsShort(event)) for (const draft of drafts.values()) close(draft, "cancelled", at)
    const node = event.node ? rowOf(event.node) : undefined
    if (node === undefined) continue
    let draft = drafts.get(node)
    if (!draft) drafts.set(node, (draft = { segments: [], open: null, attempts: 0, skipped: false }))
    step(draft, event, at, origin)
  }
  const limit = end ?? Math.max(latest, now - origin)
  const rows = new Map<string, TimelineRow>()
  for (const [node, draft] of drafts) {
    if (draft.open) close(draft, end === null ? draft.open.kind : settled(draft.open), limit)
    rows.set(node, { node, segments: draft.segments, attempts: draft.attempts, skipped: draft.skipped })
  }
  return { origin, span: Math.max(limit, 1), rows }
}

function total(row: TimelineRow, kinds: readonly SegmentKind[]): number {
  return row.segments
    .filter((part) => kinds.includes(part.kind))
    .reduce((sum, part) => sum + part.to - part.from, 0)
}

/** How long the node worked in all: its attempts, without queue, back-off and waiting. */
export const workedFor = (row: TimelineRow): number => total(row, ["ran", "failed", "running", "cancelled"])

/** How long it was parked. */
export const waitedFor = (row: TimelineRow): number => total(row, ["waited", "waiting"])

/** Round distances between marks on the axis, in ms. */
const STEPS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000,
  600_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000, 43_200_000, 86_400_000, 172_800_000,
  604_800_000,
]

const ROOM_FOR_LABELS = 1.17

export interface Axis {
  readonly step: number
  /** The axis is longer than the run, so that the label behind the last bar fits. */
  readonly length: number
  readonly marks: readonly number[]
}

/** Four to eight round marks for a run of this length. */
export function axisFor(span: number): Axis {
  const length = span * ROOM_FOR_LABELS
  const step = STEPS.find((size) => length / size <= 7) ?? Math.ceil(length / 7 / 604_800_000) * 604_800_000
  const marks: number[] = []
  // A mark close to the end would have its figure cut off.
  for (let mark = 0; mark < length * 0.95; mark += step) marks.push(mark)
  return { step, length, marks }
}

function endOf(row: TimelineRow | null): number {
  return row?.segments.at(-1)?.to ?? -1
}

/**
 * The chain of nodes that decided how long the run took: from the last to end, back by its latest source. What lies
 * inside frames is theirs.
 */
export function criticalPath(timeline: Timeline, graph: GraphDocument): ReadonlySet<string> {
  const top = new Set(graph.nodes.filter((node) => !node.parent).map((node) => node.id))
  const sources = new Map<string, string[]>()
  for (const { source, target } of graph.connections) {
    if (top.has(source) && top.has(target)) sources.set(target, [...(sources.get(target) ?? []), source])
  }
  const latestOf = (nodes: Iterable<string>) => {
    let latest: TimelineRow | null = null
    for (const node of nodes) {
      const row = timeline.rows.get(node)
      if (row && endOf(row) > endOf(latest)) latest = row
    }
    return latest
  }
  const path = new Set<string>()
  let at = latestOf(top)
  while (at && !path.has(at.node)) {
    path.add(at.node)
    at = latestOf(sources.get(at.node) ?? [])
  }
  return path
}
