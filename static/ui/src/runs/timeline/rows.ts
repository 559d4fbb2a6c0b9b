/** What each node of a run did when, attempt by attempt: read from the API, moved on by events. Pure. */
import type { components } from "../../api/schema"
import type { RunEvent } from "../../shared/live/frames"
import type { Status } from "../../shared/status"

export type SegmentKind = "queue" | "run" | "wait" | "retry"

export interface Segment {
  readonly kind: SegmentKind
  /** Milliseconds since 1970. */
  readonly from: number
  /** Null while it goes on. */
  readonly to: number | null
}

export interface Attempt {
  readonly attempt: number
  readonly status: Status
  readonly segments: readonly Segment[]
  readonly errorCode: string | null
}

export interface Row {
  readonly attempts: readonly Attempt[]
}

/** A row as the API tells it. */
export type RowBody = Pick<components["schemas"]["TimelineRow"], "node" | "attempts">

const EMPTY: Row = { attempts: [] }

export function rowFrom(body: RowBody): Row {
  return {
    attempts: body.attempts.map(({ attempt, segments, status, error_code }) => ({
      attempt,
      status,
      errorCode: error_code,
      segments: segments.map(({ kind, from, to }) => ({
        kind,
        from: Date.parse(from),
        to: to === null ? null : Date.parse(to),
      })),
    })),
  }
}

/** Ends the stretch that goes on. */
function closed(segments: readonly Segment[], at: number): readonly Segment[] {
  const last = segments.at(-1)
  if (!last || last.to !== null) return segments
  return [...segments.slice(0, -1), { ...last, to: Math.max(last.from, at) }]
}

const isOpen = (attempt: Attempt | undefined): boolean => attempt?.segments.at(-1)?.to === null

function withLast(row: Row, change: (last: Attempt) => Attempt): Row {
  const last = row.attempts.at(-1)
  if (!last) return row
  return { attempts: [...row.attempts.slice(0, -1), change(last)] }
}

function timeIn(data: RunEvent["data"], key: string): number | null {
  const text = data[key]
  const time = typeof text === "string" ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? null : time
}

function codeIn({ data }: RunEvent): string | null {
  const { error } = data
  if (typeof error !== "object" || error === null || !("code" in error)) return null
  return typeof error.code === "string" ? error.code : null
}

function started(row: Row, event: RunEvent, at: number): Row {
  const last = row.attempts.at(-1)
  const attempt = event.attempt ?? (last?.attempt ?? 0) + 1
  const running: Segment = { kind: "run", from: at, to: null }
  if (last?.attempt === attempt) {
    // a parked node that was resumed
    return withLast(row, (open) => ({
      ...open,
      status: "running",
      segments: [...closed(open.segments, at), running],
    }))
  }
  // An attempt that never reported its end was lost with its worker.
  const before = withLast(row, (open) => ({
    ...open,
    status: isOpen(open) && open.segments.at(-1)?.kind === "run" ? "failed" : open.status,
    segments: closed(open.segments, at),
  }))
  const ready = timeIn(event.data, "ready_at")
  const ended = last?.segments.at(-1)?.to ?? null
  const queued = ready !== null && ready < at && ended === null && !last
  const segments: Segment[] = queued ? [{ kind: "queue", from: ready, to: at }, running] : [running]
  return { attempts: [...before.attempts, { attempt, status: "running", errorCode: null, segments }] }
}

function ended(row: Row, status: Status, at: number, errorCode: string | null = null): Row {
  return withLast(row, (open) =>
    isOpen(open) ? { ...open, status, errorCode, segments: closed(open.segments, at) } : open,
  )
}

/** A row after one more event of its node. */
export function rowAfter(before: Row | undefined, event: RunEvent): Row {
  const row = before ?? EMPTY
  const at = Date.parse(event.at)
  switch (event.type) {
    case "node.started":
      return started(row, event, at)
    case "node.retrying": {
      const failed = ended(row, "failed", at, codeIn(event))
      if (failed.attempts.at(-1)?.status !== "failed") return failed
      return withLast(failed, (last) => ({
        ...last,
        segments: [...last.segments, { kind: "retry", from: at, to: null }],
      }))
    }
    case "node.waiting":
      return withLast(row, (open) => ({
        ...open,
        status: "waiting",
        segments: [...closed(open.segments, at), { kind: "wait", from: at, to: null }],
      }))
    case "node.succeeded":
      return ended(row, "succeeded", at)
    case "node.failed":
      return ended(row, "failed", at, codeIn(event))
    case "node.cancelled":
      return ended(row, "cancelled", at)
    default:
      return row
  }
}

/** What is open when its run fails or is cancelled ends with it. */
export const cutShort = (row: Row, at: number): Row => ended(row, "cancelled", at)

export type Look = "queued" | "ran" | "failed" | "backoff" | "waited" | "cancelled" | "running" | "waiting"

/** How a stretch is drawn: an attempt's verdict colours its last stretch of work. */
export function lookOf(attempt: Attempt, index: number): Look {
  const segment = attempt.segments[index]
  if (!segment) return "ran"
  if (segment.kind === "queue") return "queued"
  if (segment.kind === "retry") return "backoff"
  if (segment.kind === "wait") return segment.to === null ? "waiting" : "waited"
  if (segment.to === null) return "running"
  const isLast = !attempt.segments.slice(index + 1).some(({ kind }) => kind === "run" || kind === "wait")
  if (isLast && (attempt.status === "failed" || attempt.status === "cancelled")) return attempt.status
  return "ran"
}

function total(attempts: readonly Attempt[], kind: SegmentKind, now: number): number {
  let sum = 0
  for (const { segments } of attempts) {
    for (const part of segments) if (part.kind === kind) sum += Math.max(0, (part.to ?? now) - part.from)
  }
  return sum
}

/** How long the attempts worked, without queue, back-off and waiting. */
export const workedFor = (attempts: readonly Attempt[], now: number): number => total(attempts, "run", now)

/** How long they were parked. */
export const waitedFor = (attempts: readonly Attempt[], now: number): number => total(attempts, "wait", now)

/** When the last of it ended, or `now` while it goes on; null for a row without any. */
export function endOf(row: Row, now: number): number | null {
  const last = row.attempts.at(-1)?.segments.at(-1)
  return last ? (last.to ?? Math.max(last.from, now)) : null
}
