import type { ConnectionLineComponentProps } from "@xyflow/react"
import { createPortal } from "react-dom"
import type { StepNode } from "../canvas/flow"
import { whyNot } from "../canvas/fit"
import { typeOfHandle } from "../canvas/PortHandle"
import { dataPath, errorPath } from "../canvas/wirePath"
import { useSession } from "./SessionContext"

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
  const here = {
    node: fromNode.id,
    type: typeOfHandle(fromNode.data, fromHandle.id ?? null, forward ? "out" : "in"),
  }
  const there =
    toNode && toHandle && toNode.id !== fromNode.id
      ? {
          node: toNode.id,
          type: typeOfHandle(
            (toNode as unknown as StepNode).data,
            toHandle.id ?? null,
            forward ? "in" : "out",
          ),
        }
      : null
  const why = there
    ? whyNot(forward ? here : there, forward ? there : here, session.editor.graph.connections)
    : null
  return (
    <>
      <path className={`drawn${connectionStatus === "invalid" && why ? " refused" : ""}`} d={path.d} />
      {why && <WhyNot text={why} at={pointer} />}
    </>
  )
}

function WhyNot({ text, at }: { text: string; at: { x: number; y: number } }) {
  const box = document.getElementById("canvas")?.getBoundingClientRect()
  return createPortal(
    <span className="tip why-not" style={{ left: (box?.left ?? 0) + at.x, top: (box?.top ?? 0) + at.y }}>
      {text}
    </span>,
    document.body,
  )
}
