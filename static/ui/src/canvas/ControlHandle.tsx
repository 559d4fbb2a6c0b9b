import { Handle, Position, useConnection, useNodeId } from "@xyflow/react"
import { useCanvas } from "./CanvasContext"
import { CONTROL_INPUT, ERROR_OUTPUT, isInnerHandle } from "./ports"
import { wayInto } from "./scopes"

/** `should_run` is entered from above; it shows when it is wired, and for the pointer. */
export function ControlHandle({ wired, editable }: { wired: boolean; editable: boolean }) {
  const node = useNodeId() ?? ""
  const { scopes } = useCanvas()
  const connecting = useConnection((connection) => {
    if (!connection.inProgress || connection.fromHandle.type !== "source") return false
    const from = { node: connection.fromNode.id, inner: isInnerHandle(connection.fromHandle.id) }
    return from.node !== node && wayInto(from, { node }, scopes.parents) !== null
  })
  if (!wired && !editable) return null
  return (
    <Handle
      id={CONTROL_INPUT}
      type="target"
      position={Position.Top}
      className={`hook is-top${wired || connecting ? "" : " is-hidden"}`}
      title="should_run: skips this step when the value is false or empty"
    >
      <i className="port control" />
    </Handle>
  )
}

/** Errors leave at the bottom and fall downward. */
export function ErrorHandle({ wired, editable }: { wired: boolean; editable: boolean }) {
  if (!wired && !editable) return null
  return (
    <Handle
      id={`!${ERROR_OUTPUT}`}
      type="source"
      position={Position.Bottom}
      className={`hook is-drop${wired ? "" : " is-shy"}`}
      title="Where to go when this step fails"
    >
      <i className="port error" />
    </Handle>
  )
}
