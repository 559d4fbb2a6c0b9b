import { duration } from "../shared/format"
import { StateIcon } from "../shared/icons/StateIcon"
import { useNodeState } from "../shared/live/statusStore"
import { statusLabel } from "../shared/status"
import type { StepStatuses } from "../canvas/stepStatuses"
import type { LiveRun } from "./LiveRun"
import { skipCause, skipText } from "./runFacts"
import { type Axis, type TimelineRow as Row, waitedFor, workedFor } from "./timeline"

interface Props {
  node: string
  /** Where the run tells of the node, in the iterations that are shown. */
  path: string
  /** How many frames lie around it. */
  depth: number
  title: string
  titleIn: (node: string) => string
  row: Row | undefined
  axis: Axis
  live: LiveRun
  steps: StepStatuses
  critical: boolean
  selected: boolean
  onSelect: (node: string) => void
}

export function TimelineRow(props: Props) {
  const { node, path, depth, title, titleIn, row, axis, live, steps, critical, selected, onSelect } = props
  const state = useNodeState(steps, node)
  const status = state?.status ?? "pending"
  const percent = (ms: number) => `${(100 * ms) / axis.length}%`
  const last = row?.segments.at(-1)
  const quiet = status === "pending" || status === "skipped"
  return (
    <div className={selected ? "gantt-row is-on" : "gantt-row"} role="listitem">
      <button
        type="button"
        className="gantt-name"
        aria-current={selected || undefined}
        onClick={() => onSelect(node)}
        style={depth ? { paddingInlineStart: 20 + depth * 12 } : undefined}
      >
        <span className={status}>
          <StateIcon status={status} size={13} />
        </span>
        <span className={quiet ? "cut muted" : "cut"}>{title}</span>
        <span className="sr">
          {statusLabel(status)}
          {row && `, ${rowText(row)}`}
        </span>
      </button>
      <div className="gantt-bars" aria-hidden="true" style={{ backgroundSize: `${percent(axis.step)} 100%` }}>
        {row?.segments.map((part, index) => (
          <i
            key={index}
            className={`seg-bar is-${part.kind}${critical && part.kind !== "queued" && part.kind !== "backoff" ? " is-critical" : ""}`}
            style={{ left: percent(part.from), width: percent(part.to - part.from) }}
            title={`${part.kind === "backoff" ? "back-off" : part.kind}, ${duration(part.to - part.from)}`}
          />
        ))}
        {row && last && <span style={{ left: `calc(${percent(last.to)} + 8px)` }}>{rowText(row)}</span>}
        {(state?.pinned || state?.copied_from) && (
          <span className="gantt-skip">
            {state.pinned ? "Pinned output." : "Taken over from an earlier run."}
          </span>
        )}
        {row?.skipped && (
          <span className="gantt-skip">
            {skipText(state?.reason ?? null, titleOfCause(skipCause(live.history.events, path), titleIn))}
          </span>
        )}
      </div>
    </div>
  )
}

/** "2.6 s, 2nd try" */
function rowText(row: Row): string {
  if (row.skipped) return ""
  const waited = waitedFor(row)
  const worked = waited > workedFor(row) ? `waited ${duration(waited)}` : duration(workedFor(row))
  if (row.attempts < 2) return worked
  const ending = { 2: "nd", 3: "rd" }[row.attempts] ?? "th"
  return `${worked}, ${row.attempts}${ending} try`
}

function titleOfCause(cause: string | null, titleIn: (node: string) => string): string | null {
  return cause === null ? null : titleIn(cause)
}
