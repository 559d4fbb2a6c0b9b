import { Handle, Position, useConnection } from "@xyflow/react"
import { CONTROL_INPUT, ERROR_OUTPUT } from "./ports"

/** `should_run` is entered from above; it shows when it is wired, and for the pointer. */
export function ControlHandle({ wired, editable }: { wired: boolean; editable: boolean }) {
  const connecting = useConnection(
    (connection) => connection.inProgress && connection.fromHandle?.type === "source",
  )
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
