import type { NodeProps } from "@xyflow/react"
import { memo, useEffect, useState } from "react"
import { count, duration, plural, until } from "../shared/format"
import { Icon } from "../shared/icons/Icon"
import { NodeTile } from "../shared/icons/nodeIcon"
import { StateIcon } from "../shared/icons/StateIcon"
import { nodeDuration } from "../shared/live/reduce"
import { useNodeState, type NodeState } from "../shared/live/statusStore"
import { statusLabel } from "../shared/status"
import { StepBadges } from "./StepBadges"
import { useCanvas } from "./CanvasContext"
import { ControlHandle, ErrorHandle } from "./ControlHandle"
import type { StepData, StepNode } from "./flow"
import { OPEN_PORT } from "./layout"
import { PortHandle } from "./PortHandle"
import { useRefusal } from "./refusals"
import { useIsApart } from "./useIsApart"
import { useTakenOutputs } from "./useTakenOutputs"

/** A step on the canvas: what it is, what it takes and gives, and how it stands in the run that is drawn. */
export const StepCard = memo(function StepCard({ id, data, selected }: NodeProps<StepNode>) {
  const { statuses, hasRun, editable } = useCanvas()
  const state = useNodeState(statuses, id)
  const { ports, layout } = data
  const status = hasRun ? (state?.status ?? "pending") : undefined
  const apart = useIsApart(id)
  const refusal = useRefusal(id)
  const classes = [
    "node",
    status && `is-${status}`,
    selected && "is-sel",
    data.disabled && "is-off",
    apart && "is-apart",
    refusal && "is-refused",
    data.type?.container === "sub" && "is-stacked",
  ]
  return (
    <article
      className={classes.filter(Boolean).join(" ")}
      style={{ height: layout.height }}
      id={`step-${id}`}
    >
      <StepBadges id={id} data={data} state={hasRun ? state : undefined} />
      <header>
        <NodeTile icon={data.type?.icon ?? "warn"} category={data.type?.category ?? "govern"} />
        <div>
          <b>{data.title}</b>
          <small>{data.subtitle}</small>
        </div>
      </header>
      {layout.rows > 0 && <Rows id={id} data={data} />}
      <Footer state={hasRun ? state : undefined} hasRun={hasRun} apart={apart} />
      {state?.status === "running" && state.progress?.total ? (
        <i
          className="prog"
          style={{ width: `${Math.min(100, (100 * state.progress.done) / state.progress.total)}%` }}
        />
      ) : null}
      <ControlHandle wired={ports.controlWired} editable={editable} />
      {layout.inputs.map((port) => (
        <PortHandle key={port.name} port={port} side="in" />
      ))}
      {ports.open && ports.inputs.length === 0 && <PortHandle port={OPEN_PORT} side="in" />}
      {layout.outputs.map((port) => (
        <PortHandle key={port.name} port={port} side="out" />
      ))}
      <ErrorHandle wired={ports.errorWired} editable={editable} />
    </article>
  )
})

function Rows({ id, data }: { id: string; data: StepData }) {
  const { layout, ports } = data
  const taken = useTakenOutputs(id, ports.namedOutputs && ports.outputs.length > 1)
  return (
    <ul className="outs">
      {Array.from({ length: layout.rows }, (_, row) => {
        const input = layout.inputs.find((port) => port.row === row)
        const output = layout.outputs.find((port) => port.row === row)
        return (
          <li key={row} className={output && taken.has(output.name) ? "is-taken" : undefined}>
            {input && <span className="row-in">{input.label}</span>}
            {output && <span className="row-out">{output.label}</span>}
          </li>
        )
      })}
    </ul>
  )
}

interface FooterProps {
  state: NodeState | undefined
  hasRun: boolean
  apart: boolean
}

function Footer({ state, hasRun, apart }: FooterProps) {
  if (!hasRun || (apart && (!state || state.status === "pending"))) {
    return (
      <footer>
        <span className="subtle">{hasRun ? "Not in this run" : "Not run yet"}</span>
      </footer>
    )
  }
  const status = state?.status ?? "pending"
  const quiet = status === "succeeded"
  const tellsFailure = quiet && Boolean(state?.returned_error)
  return (
    <footer>
      <span className={`st ${tellsFailure ? "retrying" : status}`}>
        {tellsFailure ? <Icon name="warn" size={13} /> : <StateIcon status={status} size={13} />}
        {!quiet && statusLabel(status)}
      </span>
      {quiet && <span>{doneWords(state)}</span>}
      {state && <span className="end cut">{<Aside state={state} />}</span>}
    </footer>
  )
}

/** What a step that succeeded gave, or whence its result came when it did not run. */
function doneWords(state: NodeState | undefined): string {
  if (state?.returned_error) return "gave a failure"
  if (state?.pinned) return "pinned"
  if (state?.copied_from) {
    const { number } = state.copied_from
    return number == null ? "from earlier" : `from run ${number}`
  }
  return state?.items == null ? "done" : plural(state.items, "item")
}

const REASONS: Record<string, string> = {
  branch_not_taken: "other branch",
  upstream_failed: "failed before",
  upstream_skipped: "no input",
  no_error: "no error",
  should_run_false: "not needed",
  disabled: "switched off",
}

/** A skip's reason in two or three words; unknown ones as they are. */
export const shortReason = (reason: string): string => REASONS[reason] ?? reason.replaceAll("_", " ")

export function Aside({ state }: { state: NodeState }) {
  const { paused } = useCanvas()
  const isDue = state.status === "retrying" || state.status === "waiting"
  const ticking = state.status === "running" || (isDue && !paused)
  const now = useNow(ticking)
  if (state.status === "skipped") return state.reason ? shortReason(state.reason) : null
  if (isDue && state.wake_at && paused) return "paused"
  if (state.status === "waiting") return state.wake_at ? until(state.wake_at, new Date(now)) : null
  if (state.status === "retrying")
    return state.wake_at ? until(state.wake_at, new Date(now)) : `attempt ${state.attempt}`
  if (state.progress && state.status === "running") {
    return state.progress.total
      ? `${count(state.progress.done)} of ${count(state.progress.total)}`
      : count(state.progress.done)
  }
  const ms = nodeDuration(state, now)
  return ms === null ? null : duration(ms)
}

/** The time, once in 250 ms while something counts. */
function useNow(ticking: boolean): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (!ticking) return
    const timer = setInterval(() => setNow(Date.now()), 250)
    return () => clearInterval(timer)
  }, [ticking])
  return now
}
