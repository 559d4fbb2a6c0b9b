/** How a connection becomes an edge of the canvas library: its ends, its level and its label. */
import type { ConnectionDocument, GraphDocument, NodeDocument } from "../api/types"
import type { WireData, WireEdge } from "./flow"
import { CONTROL_INPUT, ERROR_HANDLE, innerHandle, portOfPath } from "./ports"
import { around, type Parents } from "./scopes"

/** Whether two graphs draw the same wires: what a wire shows of its steps is their frame and their retries. */
export const hasSameWires = (a: GraphDocument, b: GraphDocument): boolean =>
  a.connections === b.connections &&
  a.nodes.length === b.nodes.length &&
  a.nodes.every((node, at) => {
    const other = b.nodes[at]
    return (
      node === other ||
      (node.id === other?.id && node.parent === other.parent && node.options === other.options)
    )
  })

/** Frames lie below wires and steps, inner ones above outer ones, and leave the pointer to what lies inside. */
export const frameLevel = (depth: number): number => 2 * depth - 200

/** What of an edge follows from more than its connection. */
export interface FreshWire {
  selected: boolean
  place: WireData["place"]
  zIndex: number
  label: string | undefined
}

export const isSameWire = (before: WireEdge, { selected, place, zIndex, label }: FreshWire): boolean =>
  before.selected === selected &&
  before.data?.place === place &&
  before.zIndex === zIndex &&
  before.label === label

/** A wire lies above the frame that it runs in, and below the frames beside it. */
export function wireLevel({ source, target }: ConnectionDocument, parents: Parents): number {
  if (!parents.size) return 0
  const depth = Math.max(around(source, parents).length, around(target, parents).length)
  return frameLevel(depth) - 1
}

/** When an error takes this way: after how many attempts. */
export function errorLabel({ options }: NodeDocument): string {
  const retries = options?.retry ? (options.retry.max_retries ?? 3) : 0
  if (!retries) return "on error"
  return retries === 1 ? "after 1 retry" : `after ${retries} retries`
}

export function wireEdge(
  connection: ConnectionDocument,
  id: string,
  { place, ...look }: FreshWire,
): WireEdge {
  const kind = connection.kind ?? "data"
  const output = portOfPath(connection.output)
  const sourceHandle = kind === "error" ? ERROR_HANDLE : output
  return {
    ...look,
    id,
    type: "wire",
    ariaLabel: `Connection from ${connection.source} to ${connection.target}, ${connection.input}`,
    source: connection.source,
    target: connection.target,
    sourceHandle: place === "entry" ? innerHandle(output) : sourceHandle,
    targetHandle: place === "exit" ? innerHandle(connection.input) : connection.input,
    data: { kind, control: connection.input === CONTROL_INPUT && place !== "exit", output, place },
  }
}
