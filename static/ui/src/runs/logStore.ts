/** The lines of one run's log: in order of `pos`, each once, capped, filtered for reading. */

import type { LogEntry } from "../api/types"

export const LOG_LEVELS = ["debug", "info", "warning", "error"] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export interface LogState {
  readonly lines: readonly LogEntry[]
  /** The last position read: the cursor for the next request. */
  readonly upto: number
  /** Lines dropped at the front because the list grew past its cap. */
  readonly dropped: number
}

export const NO_LOG: LogState = { lines: [], upto: 0, dropped: 0 }
export const MAX_LINES = 20_000

/** Adds lines read from the server; a line read twice is kept once. */
export function addLines(state: LogState, lines: readonly LogEntry[], cap: number = MAX_LINES): LogState {
  const fresh = lines.filter((line) => line.pos > state.upto).sort((a, b) => a.pos - b.pos)
  if (fresh.length === 0) return state
  const all = [...state.lines, ...fresh]
  const over = Math.max(0, all.length - cap)
  return {
    lines: over ? all.slice(over) : all,
    upto: fresh[fresh.length - 1]!.pos,
    dropped: state.dropped + over,
  }
}

/** A text that a step writes bit by bit comes in lines of this level. */
export const STREAM = "stream"

/** Puts the pieces of each streamed text together where it began; another line of the same attempt ends it. */
export function joinStreams(lines: readonly LogEntry[]): readonly LogEntry[] {
  if (!lines.some((line) => line.level === STREAM)) return lines
  const shown: LogEntry[] = []
  const open = new Map<string, number>()
  for (const line of lines) {
    const key = `${line.attempt ?? ""} ${line.node ?? ""}`
    const place = open.get(key)
    const begun = place === undefined ? undefined : shown[place]
    if (line.level !== STREAM) {
      open.delete(key)
      shown.push(line)
    } else if (place !== undefined && begun) {
      shown[place] = { ...begun, text: begun.text + line.text }
    } else {
      open.set(key, shown.push(line) - 1)
    }
  }
  return shown
}

/** The level's place from 0 (debug) to 3 (error); what is not known counts as info. */
export function levelRank(level: string): number {
  const rank = (LOG_LEVELS as readonly string[]).indexOf(level)
  return rank === -1 ? 1 : rank
}

/** Whether a line is of the node at this path, or of one inside it. */
export function isWithin(node: string | null | undefined, path: string): boolean {
  return node === path || (node?.startsWith(`${path}/`) ?? false)
}

/** Whether a line is of a node, or of something inside it; with an attempt: of the node itself in that attempt. */
export function isOf(
  line: Pick<LogEntry, "node" | "attempt">,
  path: string,
  attempt: number | null,
): boolean {
  if (attempt === null) return isWithin(line.node, path)
  return line.node === path && line.attempt === attempt
}

export interface LogFilter {
  readonly node: string | null
  /** Of that node, this attempt alone. */
  readonly attempt?: number | null
  readonly level: LogLevel
  readonly search: string
}

export function filterLines(lines: readonly LogEntry[], filter: LogFilter): readonly LogEntry[] {
  const least = levelRank(filter.level)
  const needle = filter.search.trim().toLowerCase()
  return lines.filter(
    (line) =>
      levelRank(line.level) >= least &&
      (filter.node === null || isOf(line, filter.node, filter.attempt ?? null)) &&
      (needle === "" || line.text.toLowerCase().includes(needle)),
  )
}

export interface Scrolled {
  readonly scrollTop: number
  readonly clientHeight: number
  readonly scrollHeight: number
}

/** Whether a scroller stands at its end (within half a line), so that it may follow. */
export function isAtEnd(element: Scrolled): boolean {
  return element.scrollHeight - element.clientHeight - element.scrollTop <= 10
}
