import { Handle, Position, useConnection, useNodeId } from "@xyflow/react"
import { memo } from "react"
import type { PortType } from "../api/types"
import { useCanvas } from "./CanvasContext"
import { typesFit } from "./fit"
import type { StepData } from "./flow"
import { RAIL } from "./frames"
import type { PlacedPort } from "./layout"
import { CONTROL_INPUT, innerHandle, isInnerHandle, portOfHandle, portOfPath } from "./ports"
import { whyAcross, type ScopeEnd } from "./scopes"

/** Centred on the rail's inner edge; the library moves a handle by half of its width. */
const INNER = RAIL - 25

interface Props {
  port: PlacedPort
  /** Where wires enter or leave; `inner` ones on the inside of a frame. */
  side: "in" | "out"
  inner?: boolean
}

/** Where a wire starts or ends. While one is drawn, ports that fit grow and the others fade. */
export const PortHandle = memo(function PortHandle({ port, side, inner = false }: Props) {
  const node = useNodeId() ?? ""
  const { scopes } = useCanvas()
  const fit = useConnection((connection) => {
    if (!connection.inProgress) return ""
    const { fromHandle, fromNode } = connection
    const seeking = fromHandle.type === "source" ? "in" : "out"
    if (seeking !== side) return " is-faded"
    const other = typeOfHandle(
      fromNode.data as StepData,
      fromHandle.id ?? null,
      seeking === "in" ? "out" : "in",
    )
    const there: ScopeEnd = { node: fromNode.id, inner: isInnerHandle(fromHandle.id) }
    const here: ScopeEnd = { node, inner }
    const fits =
      node !== fromNode.id &&
      (seeking === "in"
        ? typesFit(other, port.type) && !whyAcross(there, here, scopes.parents, scopes.titleOf)
        : typesFit(port.type, other) && !whyAcross(here, there, scopes.parents, scopes.titleOf))
    return fits ? " is-fit" : " is-faded"
  })
  const at = side === "in" ? { left: "auto", right: INNER } : { left: INNER, right: "auto" }
  return (
    <Handle
      id={inner ? innerHandle(port.name) : port.name}
      type={side === "in" ? "target" : "source"}
      position={side === "in" ? Position.Left : Position.Right}
      className={`hook is-${inner ? `inner-${side}` : side}${fit}`}
      style={inner ? { top: port.y - 1, ...at } : { top: port.y - 1 }}
      title={`${port.label}: ${port.type}${port.required ? ", required" : ""}`}
    >
      <i className={`port ${port.type}`} />
    </Handle>
  )
})

/** The type of a port by its handle's id. */
export function typeOfHandle(data: StepData, handle: string | null, side: "in" | "out"): PortType {
  if (handle?.startsWith("!")) return "error"
  const { inner } = data.ports
  const isInner = isInnerHandle(handle)
  const ports = isInner
    ? ((side === "out" ? inner?.outputs : inner?.inputs) ?? [])
    : side === "out"
      ? data.ports.outputs
      : data.ports.inputs
  return (
    ports.find((port) => port.name === portOfPath(portOfHandle(handle ?? "")))?.type ??
    (handle === CONTROL_INPUT ? "control" : "any")
  )
}
