import type { NodeProps } from "@xyflow/react"
import { memo } from "react"
import { useStore } from "zustand"
import { NodeTile } from "../shared/icons/nodeIcon"
import { StateIcon } from "../shared/icons/StateIcon"
import { useNodeState, type NodeState } from "../shared/live/statusStore"
import { statusLabel } from "../shared/status"
import { StepBadges } from "./StepBadges"
import { useCanvas } from "./CanvasContext"
import { ControlHandle, ErrorHandle } from "./ControlHandle"
import type { StepNode } from "./flow"
import { newInputOf, RAIL, type RailRow } from "./frames"
import { FrameIterations } from "./FrameIterations"
import { PortHandle } from "./PortHandle"
import { Aside } from "./StepCard"
import { useRefusal } from "./refusals"
import { useIsApart } from "./useIsApart"

/**
 * A loop or a map: a frame around the steps inside. Its rails carry the ports, outside for what comes and goes,
 * inside for the steps. It is dragged by its head; the rest leaves the pointer to what lies inside.
 */
export const FrameCard = memo(function FrameCard({ id, data, selected }: NodeProps<StepNode>) {
  const { statuses, hasRun, editable, drop } = useCanvas()
  const state = useNodeState(statuses, id)
  const isTarget = useStore(drop, ({ frame }) => frame === id)
  const apart = useIsApart(id)
  const refusal = useRefusal(id)
  const { ports, frame } = data
  if (!frame) return null
  const { layout, summary, isEmpty } = frame
  const status = hasRun ? (state?.status ?? "pending") : undefined
  const classes = [
    "frame",
    status && `is-${status}`,
    selected && "is-sel",
    data.disabled && "is-off",
    isTarget && "is-target",
    apart && "is-apart",
    refusal && "is-refused",
  ]
  return (
    <section
      className={classes.filter(Boolean).join(" ")}
      style={{ height: layout.height }}
      id={`step-${id}`}
      aria-label={`${data.title}, ${data.type?.label ?? data.typeName}: ${summary}`}
    >
      <StepBadges id={id} data={data} state={hasRun ? state : undefined} />
      <header className="frame-head">
        <NodeTile icon={data.type?.icon ?? "loop"} category={data.type?.category ?? "flow"} />
        <div className="frame-names">
          <b>{data.title}</b>
          <small title={summary}>{summary}</small>
        </div>
        {hasRun && (
          <FrameIterations frame={id} iterations={state?.iterations ?? null} status={state?.status} />
        )}
        {hasRun && !(apart && status === "pending") && <FrameState state={state} />}
      </header>
      <Rail side="left" rows={layout.left} more={ports.open && editable} top={newInputOf(layout).y} />
      <Rail side="right" rows={layout.right} />
      {isEmpty && <p className="frame-empty">{editable ? "Drop steps here" : "Nothing inside"}</p>}
      <ControlHandle wired={ports.controlWired} editable={editable} />
      {layout.inputs.map((port) => (
        <PortHandle key={port.name} port={port} side="in" />
      ))}
      {ports.open && editable && <PortHandle port={newInputOf(layout)} side="in" />}
      {layout.outputs.map((port) => (
        <PortHandle key={port.name} port={port} side="out" />
      ))}
      {layout.inner.outputs.map((port) => (
        <PortHandle key={`~${port.name}`} port={port} side="out" inner />
      ))}
      {layout.inner.inputs.map((port) => (
        <PortHandle key={`~${port.name}`} port={port} side="in" inner />
      ))}
      <ErrorHandle wired={ports.errorWired} editable={editable} />
    </section>
  )
})

interface RailProps {
  side: "left" | "right"
  rows: readonly RailRow[]
  /** A further row takes a wire that makes a new input. */
  more?: boolean
  top?: number
}

function Rail({ side, rows, more, top }: RailProps) {
  return (
    <ul className={`frame-rail is-${side}`} style={{ width: RAIL }}>
      {rows.map((row) => (
        <li
          key={`${row.label} ${row.outer}`}
          className={alignOf(side, row)}
          style={{ top: row.y - 1 }}
          title={row.label}
        >
          {row.label}
        </li>
      ))}
      {more && (
        <li className="is-more" style={{ top: (top ?? 0) - 1 }}>
          new input
        </li>
      )}
    </ul>
  )
}

/** A name stands beside its port, and between the two where a row has both. */
function alignOf(side: "left" | "right", { outer, inner }: RailRow): string | undefined {
  if (outer && inner) return undefined
  return outer === (side === "left") ? "is-left" : "is-right"
}

function FrameState({ state }: { state: NodeState | undefined }) {
  const status = state?.status ?? "pending"
  return (
    <span className="frame-state">
      <span className={`st ${status}`} title={statusLabel(status)}>
        <StateIcon status={status} size={13} />
        <span className="sr">{statusLabel(status)}</span>
      </span>
      {state && (
        <span className="subtle cut">
          <Aside state={state} />
        </span>
      )}
    </span>
  )
}
