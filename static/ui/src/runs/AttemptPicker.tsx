import type { NodeRun } from "../api/types"
import { bytes, duration } from "../shared/format"
import { StateMark } from "../shared/StateMark"
import { moveByArrows } from "../shared/Tabs"
import { type Attempt, workedFor } from "./timeline/rows"

/** What the API knows of an attempt beside its times. */
export type AttemptDetail = NodeRun["attempts"][number]

interface Props {
  attempts: readonly Attempt[]
  details: ReadonlyMap<number, AttemptDetail>
  /** Null for the newest. */
  chosen: number | null
  onChoose: (attempt: number | null) => void
}

/** The attempts of a node, one of which is looked at: how each ended, how long it worked, what it cost. */
export function AttemptPicker({ attempts, details, chosen, onChoose }: Props) {
  const newest = attempts.at(-1)?.attempt
  const shown = chosen ?? newest
  return (
    <div className="attempts" role="radiogroup" aria-label="Attempts" tabIndex={-1} onKeyDown={moveByArrows}>
      {attempts.map((attempt) => {
        const detail = details.get(attempt.attempt)
        const on = attempt.attempt === shown
        const open = attempt.segments.at(-1)?.to === null
        return (
          <button
            key={attempt.attempt}
            type="button"
            role="radio"
            aria-checked={on}
            tabIndex={on ? 0 : -1}
            className={on ? "is-on" : undefined}
            onClick={() => onChoose(attempt.attempt === newest ? null : attempt.attempt)}
          >
            <span className="muted nowrap">Attempt {attempt.attempt}</span>
            <StateMark status={attempt.status} />
            <span className="num muted nowrap">
              {open ? "" : duration(workedFor([attempt], 0))}
              {usageText(detail) && <span className="subtle"> {usageText(detail)}</span>}
            </span>
            <span className="cut muted" title={detail?.error?.message}>
              {detail?.error?.message}
            </span>
          </button>
        )
      })}
    </div>
  )
}

/** "1.2 s CPU, 96 MiB" */
export function usageText(detail: AttemptDetail | undefined): string {
  const parts: string[] = []
  if (typeof detail?.cpu_s === "number") parts.push(`${duration(detail.cpu_s * 1000)} CPU`)
  if (typeof detail?.peak_mb === "number") parts.push(bytes(detail.peak_mb * 1024 * 1024))
  return parts.join(", ")
}
