import { Icon } from "../../shared/icons/Icon"
import { StateIcon } from "../../shared/icons/StateIcon"
import { useNodeState, type NodeState } from "../../shared/live/statusStore"
import { statusLabel } from "../../shared/status"
import { skipCause, skipText } from "../runFacts"
import type { RunView } from "../useRunView"
import { lengthOf, type TimeWindow } from "./axis"
import type { Line } from "./layout"
import { lookOf, type Attempt, type Row } from "./rows"
import { rowWords, segmentWords } from "./words"

interface Times {
  /** When the run began, in ms since 1970. */
  origin: number
  now: number
  window: TimeWindow
  /** Between two marks of the axis. */
  step: number
}

interface Props {
  line: Line
  view: RunView
  title: string
  row: Row | undefined
  times: Times
  critical: boolean
  selected: boolean
  attempt: number | null
  /** Tab comes to this row. */
  reachable: boolean
  folded: boolean
  onFold: (on: boolean) => void
  onSelect: (attempt: number | null) => void
}

export function TimelineRow(props: Props) {
  const { line, view, title, row, times, selected, attempt, folded } = props
  const state = useNodeState(view.steps, line.id)
  const status = state?.status ?? "pending"
  const quiet = status === "pending" || status === "skipped"
  const words = row ? rowWords(row, times.now, state?.iterations) : ""
  const end = row?.attempts.at(-1)?.segments.at(-1)
  const place = placing(times)
  const aside = asideText(state, view, line.id)
  return (
    <div className={selected ? "gantt-row is-on" : "gantt-row"} role="listitem">
      <div className="gantt-head" style={line.depth ? { paddingInlineStart: line.depth * 12 } : undefined}>
        <button
          type="button"
          className="gantt-name"
          aria-current={selected || undefined}
          tabIndex={props.reachable ? 0 : -1}
          onClick={() => props.onSelect(null)}
        >
          <span className={status}>
            <StateIcon status={status} size={13} />
          </span>
          <span className={quiet ? "cut muted" : "cut"}>{title}</span>
          <span className="sr">
            {statusLabel(status)}
            {words && `, ${words}`}
            {props.critical && ", on the critical path"}
          </span>
        </button>
        {line.holds && (
          <button
            type="button"
            className={folded ? "gantt-fold" : "gantt-fold is-open"}
            tabIndex={-1}
            aria-expanded={!folded}
            aria-label={`Steps inside ${title}`}
            onClick={() => props.onFold(!folded)}
          >
            <Icon name="right" size={12} />
          </button>
        )}
      </div>
      <div
        className="gantt-bars"
        style={{
          backgroundSize: `${(100 * times.step) / lengthOf(times.window)}% 100%`,
          backgroundPositionX: gridOffset(times),
        }}
      >
        {row?.attempts.map((one) => (
          <Bars
            key={one.attempt}
            of={one}
            title={title}
            times={times}
            critical={props.critical}
            faded={attempt !== null && attempt !== one.attempt}
            chosen={attempt === one.attempt}
            onChoose={() => props.onSelect(one.attempt)}
          />
        ))}
        {end && (
          <span
            className={isNearEnd(times, end.to ?? times.now) ? "gantt-words is-before" : "gantt-words"}
            aria-hidden="true"
            style={{ left: place(end.to ?? times.now) }}
          >
            {words}
          </span>
        )}
        {aside && <span className="gantt-words gantt-aside">{aside}</span>}
      </div>
    </div>
  )
}

/** The share of the window at which a moment lies, as a CSS length. */
const placing =
  ({ origin, window }: Times) =>
  (at: number): string =>
    `${(100 * (at - origin - window.from)) / lengthOf(window)}%`

/** Words that begin here would be cut off: they stand before the moment instead. */
const isNearEnd = ({ origin, window }: Times, at: number): boolean =>
  at - origin - window.from > 0.88 * lengthOf(window)

/** Lines stand under the marks also when the window starts between two. */
function gridOffset({ window, step }: Times): string | undefined {
  if (window.from === 0) return undefined
  const length = lengthOf(window)
  const size = step / length
  // a background position in percent counts what is left over beside the picture
  const offset = -(window.from % step) / length
  return size === 1 ? undefined : `${(100 * offset) / (1 - size)}%`
}

interface BarsProps {
  of: Attempt
  title: string
  times: Times
  critical: boolean
  faded: boolean
  chosen: boolean
  onChoose: () => void
}

/** The stretches of one attempt. */
function Bars({ of: attempt, title, times, critical, faded, chosen, onChoose }: BarsProps) {
  const place = placing(times)
  const { from, to } = times.window
  return attempt.segments.map((segment, index) => {
    const ends = segment.to ?? times.now
    if (ends - times.origin < from || segment.from - times.origin > to) return null
    const look = lookOf(attempt, index)
    const underlined = critical && look !== "queued" && look !== "backoff"
    const words = segmentWords(attempt, index, times.now)
    const width = `${(100 * Math.max(0, ends - segment.from)) / lengthOf(times.window)}%`
    const names = [
      "seg-bar",
      `is-${look}`,
      underlined && "is-critical",
      faded && "is-faded",
      chosen && "is-chosen",
    ]
    return (
      <button
        key={index}
        type="button"
        tabIndex={-1}
        className={names.filter(Boolean).join(" ")}
        style={{ left: place(segment.from), width }}
        title={words}
        aria-label={`${title}: ${words}`}
        aria-pressed={chosen}
        onClick={onChoose}
      />
    )
  })
}

/** Why there is no bar. */
function asideText(state: NodeState | undefined, view: RunView, id: string): string | null {
  if (state?.pinned) return "Pinned output."
  if (state?.copied_from) return "Taken over from an earlier run."
  if (state?.status !== "skipped") return null
  const cause = skipCause(view.graph.connections, view.steps.get, id)
  return skipText(state.reason, cause === null ? null : view.titleIn(cause))
}
