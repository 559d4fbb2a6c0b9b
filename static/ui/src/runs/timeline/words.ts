/** What a row says beside its bars, and to those who hear it. Pure. */
import { count, duration } from "../../shared/format"
import type { Iterations } from "../../shared/live/statusStore"
import { statusLabel } from "../../shared/status"
import { type Attempt, lookOf, type Look, type Row, waitedFor, workedFor } from "./rows"

const LOOKS: Record<Look, string> = {
  queued: "queued",
  ran: "ran",
  failed: "failed try",
  backoff: "back-off",
  waited: "waited",
  cancelled: "cancelled",
  running: "running",
  waiting: "waits",
}

export const lookWord = (look: Look): string => LOOKS[look]

/** "Attempt 2, back-off, 1.2 s" */
export function segmentWords(attempt: Attempt, index: number, now: number): string {
  const segment = attempt.segments[index]
  if (!segment) return ""
  const took = duration(Math.max(0, (segment.to ?? now) - segment.from))
  return `Attempt ${attempt.attempt}, ${LOOKS[lookOf(attempt, index)]}, ${took}`
}

/** "2.6 s, 2nd try" */
export function rowWords(row: Row, now: number, iterations: Iterations | null | undefined): string {
  if (row.attempts.length === 0) return ""
  const worked = workedFor(row.attempts, now)
  const waited = waitedFor(row.attempts, now)
  const parts = [waited > worked ? `waited ${duration(waited)}` : duration(worked)]
  const last = row.attempts.at(-1)?.attempt ?? 1
  if (last > 1) parts.push(`${ordinal(last)} try`)
  if (iterations) parts.push(...iterationWords(iterations))
  return parts.join(", ")
}

function iterationWords({ total, done, failed }: Iterations): string[] {
  const ended = done + failed
  const all = total ?? ended
  const words = ended < all ? `${count(ended)} of ${count(all)}` : `${count(all)}×`
  return failed ? [words, `${count(failed)} failed`] : [words]
}

/** "Attempt 2 of 3, failed" */
export function attemptWords(attempt: Attempt, of: number): string {
  return `Attempt ${attempt.attempt} of ${of}, ${statusLabel(attempt.status).toLowerCase()}`
}

export function ordinal(value: number): string {
  const tens = value % 100
  const ending = tens > 10 && tens < 14 ? "th" : ({ 1: "st", 2: "nd", 3: "rd" }[value % 10] ?? "th")
  return `${value}${ending}`
}
