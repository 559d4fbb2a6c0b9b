import { Handle, Position, useConnection } from "@xyflow/react"
import { memo } from "react"
import type { StepData } from "./flow"
import type { PlacedPort } from "./layout"
import { portOfPath } from "./ports"
import { typesFit } from "./fit"
import type { PortType } from "../api/types"

interface Props {
  port: PlacedPort
  side: "in" | "out"
}

/** Where a wire starts or ends. While one is drawn, ports that fit grow and the others fade. */
export const PortHandle = memo(function PortHandle({ port, side }: Props) {
  const fit = useConnection((connection) => {
    if (!connection.inProgress) return ""
    const seeking = connection.fromHandle.type === "source" ? "in" : "out"
    if (seeking !== side) return " is-faded"
    const other = typeOfHandle(
      connection.fromNode.data as StepData,
      connection.fromHandle.id ?? null,
      seeking === "in" ? "out" : "in",
    )
    return (seeking === "in" ? typesFit(other, port.type) : typesFit(port.type, other))
      ? " is-fit"
      : " is-faded"
  })
  return (
    <Handle
      id={port.name}
      type={side === "in" ? "target" : "source"}
      position={side === "in" ? Position.Left : Position.Right}
      className={`hook is-${side}${fit}`}
      style={{ top: port.y - 1 }}
      title={`${port.label}: ${port.type}${port.required ? ", required" : ""}`}
    >
      <i className={`port ${port.type}`} />
    </Handle>
  )
})

/** The type of a port by its handle's id. */
export function typeOfHandle(data: StepData, handle: string | null, side: "in" | "out"): PortType {
  if (handle?.startsWith("!")) return "error"
  const ports = side === "out" ? data.ports.outputs : data.ports.inputs
  return (
    ports.find((port) => port.name === portOfPath(handle ?? ""))?.type ??
    (handle === "should_run" ? "control" : "any")
  )
}
