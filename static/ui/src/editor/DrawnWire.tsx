import type { ConnectionLineComponentProps } from "@xyflow/react"
import { createPortal } from "react-dom"
import type { StepNode } from "../canvas/flow"
import { whyNot } from "../canvas/fit"
import { wayInto } from "../canvas/scopes"
import { dataPath, errorPath } from "../canvas/wirePath"
import { endOf } from "./handles"
import { useParents, useSession } from "./SessionContext"

/** The wire under the pointer. Over a port that does not fit, a tag says why. */
export function DrawnWire(props: ConnectionLineComponentProps<StepNode>) {
  const { fromX, fromY, toX, toY, fromNode, fromHandle, toNode, toHandle, connectionStatus, pointer } = props
  const session = useSession()
  const forward = fromHandle.type === "source"
  const [from, to] = forward
    ? [
        { x: fromX, y: fromY },
        { x: toX, y: toY },
      ]
    : [
        { x: toX, y: toY },
        { x: fromX, y: fromY },
      ]
  const path = fromHandle.id?.startsWith("!") ? errorPath(from, to) : dataPath(from, to)
  const parents = useParents()
  const here = endOf(fromNode, fromHandle.id ?? null, forward ? "out" : "in")
  const there =
    toNode && toHandle && toNode.id !== fromNode.id
      ? endOf(toNode as unknown as StepNode, toHandle.id ?? null, forward ? "in" : "out")
      : null
  const [source, target] = forward ? [here, there] : [there, here]
  const why =
    source && target
      ? whyNot(source, target, session.editor.graph.connections, { parents, titleOf: session.titleOf })
      : null
  const through = source && target && !why ? (wayInto(source, target, parents) ?? []) : []
  return (
    <>
      <path className={`drawn${connectionStatus === "invalid" && why ? " refused" : ""}`} d={path.d} />
      {why && <Tag text={why} at={pointer} />}
      {through.length > 0 && (
        <Tag text={`Goes in by ${through.map((id) => `“${session.titleOf(id)}”`).join(", ")}`} at={pointer} />
      )}
    </>
  )
}

/** Words at the pointer. */
function Tag({ text, at }: { text: string; at: { x: number; y: number } }) {
  const box = document.getElementById("canvas")?.getBoundingClientRect()
  return createPortal(
    <span className="tip why-not" style={{ left: (box?.left ?? 0) + at.x, top: (box?.top ?? 0) + at.y }}>
      {text}
    </span>,
    document.body,
  )
}
