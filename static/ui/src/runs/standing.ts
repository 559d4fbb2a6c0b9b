/** What a run waits for, in words. Pure. */
import type { RunDetail } from "../api/types"
import { clock, plural, until } from "../shared/format"
import type { RunStatus } from "../shared/status"
import { ordinal } from "./timeline/words"

export type WaitingStep = RunDetail["waiting"][number]
export type QueuePlace = NonNullable<RunDetail["queue"]>

/** How a run stands, beside its status: read again whenever it has turned. */
export type Standing = Readonly<Pick<RunDetail, "pause_requested" | "waiting" | "queue">>

export const standingOf = ({ pause_requested, waiting, queue }: RunDetail): Standing => ({
  pause_requested,
  waiting,
  queue,
})

const LIMITS: Record<QueuePlace["limit"], string> = {
  tenant: "this workspace runs",
  workflow: "this workflow runs",
  key: "with the same key run",
}

/** "3rd in line: this workflow runs 2 at a time" */
export function queueText({ position, limit, allowed }: QueuePlace): string {
  const place = position <= 1 ? "Next in line" : `${ordinal(position)} in line`
  return `${place}: ${LIMITS[limit]} ${allowed} at a time`
}

/** "Pausing: 2 steps finish first" */
export function pausingText(atWork: number): string {
  if (atWork === 0) return "Pausing"
  return `Pausing: ${plural(atWork, "step")} ${atWork === 1 ? "finishes" : "finish"} first`
}

/** Whether a pause was asked for and the run has not come to rest. */
export const isPausing = (status: RunStatus, standing: Standing): boolean =>
  standing.pause_requested && (status === "running" || status === "waiting" || status === "queued")

/** The moment a wait ends: "in 40 s, at 10:41"; the time alone is told from a minute on. */
export function whenText(at: string, now: Date): string {
  const left = Date.parse(at) - now.getTime()
  if (left <= 0) return "now"
  return left < 60_000 ? until(at, now) : `${until(at, now)}, at ${clock(at)}`
}

type Cause = Pick<WaitingStep, "until" | "child_run"> & {
  reason: string | null
  /** The run stands still: the end of a wait moves nothing before it is resumed. */
  paused?: boolean
}

/** What a step waits for: "“Pause” goes on in 40 s.", or without its name "Goes on in 40 s." */
export function waitingText(title: string | null, cause: Cause, now: Date): string {
  if (cause.reason === "outcome_unknown")
    return `Nobody knows whether ${title === null ? "it" : `“${title}”`} took effect.`
  const words = predicate(cause, now)
  return title === null ? `${words.charAt(0).toUpperCase()}${words.slice(1)}.` : `“${title}” ${words}.`
}

const ONCE_RESUMED = "once the run is resumed"

function predicate({ reason, until: at, child_run, paused = false }: Cause, now: Date): string {
  switch (reason) {
    case "approval":
      return `waits for an approval${at ? `, which expires ${whenText(at, now)}` : ""}`
    case "child_run":
      return child_run ? `waits for run ${child_run.number}` : "waits for the run that it started"
    case "delivery":
      return "waits until its message is taken"
    case "retry":
      return paused
        ? `tries again ${ONCE_RESUMED}`
        : at
          ? `tries again ${whenText(at, now)}`
          : "tries again soon"
    default:
      return paused ? `goes on ${ONCE_RESUMED}` : at ? `goes on ${whenText(at, now)}` : "waits"
  }
}
