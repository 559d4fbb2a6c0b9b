import { BaseEdge, EdgeLabelRenderer, type EdgeProps } from "@xyflow/react"
import { memo } from "react"
import { useNodeState } from "../shared/live/statusStore"
import { useCanvas } from "./CanvasContext"
import type { WireEdge } from "./flow"
import { useIsApart } from "./useIsApart"
import { wireState } from "./wireState"
import { controlPath, dataPath, errorPath } from "./wirePath"

/** Half of a handle's hit area: the library's ends lie on its outer edge, ours on the card's. */
const REACH = 11

/** A connection, in the colour of what went through it. */
export const Wire = memo(function Wire(props: EdgeProps<WireEdge>) {
  const { id, source, target, sourceX, sourceY, targetX, targetY, data, selected, label } = props
  const { statuses, hasRun } = useCanvas()
  const from = useNodeState(statuses, source)
  const to = useNodeState(statuses, target)
  const fromApart = useIsApart(source)
  const toApart = useIsApart(target)
  const apart = fromApart || toApart
  const kind = data?.kind ?? "data"
  const place = data?.place ?? "beside"
  const state = place === "across" ? "across" : wireState(kind, hasRun, from?.status, to?.status, place)
  const start = kind === "error" ? { x: sourceX, y: sourceY - REACH + 5 } : { x: sourceX - REACH, y: sourceY }
  const end = data?.control ? { x: targetX, y: targetY + REACH } : { x: targetX + REACH, y: targetY }
  const path =
    kind === "error" ? errorPath(start, end) : data?.control ? controlPath(start, end) : dataPath(start, end)
  return (
    <>
      <BaseEdge
        id={id}
        path={path.d}
        interactionWidth={16}
        className={`wire ${state}${apart ? " is-apart" : ""}${selected ? " sel" : ""}`}
      />
      {label && (
        <EdgeLabelRenderer>
          <span
            className={`wlabel ${state}`}
            style={{ translate: `calc(${path.label.x}px - 50%) calc(${path.label.y}px - 50%)` }}
          >
            {label}
          </span>
        </EdgeLabelRenderer>
      )}
    </>
  )
})
