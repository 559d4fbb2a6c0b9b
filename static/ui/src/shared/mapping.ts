/** The one place where connections become the canvas library's edges, and steps its nodes. */
import type { ConnectionDocument, GraphDocument, NodeDocument, NodeType } from "../api/types"
import { asWords, identifier } from "./names"
import { Position, type NodeHandle } from "@xyflow/react"
import type { StepNode, WireEdge } from "../canvas/flow"
import { layoutOf, OPEN_PORT, type CardLayout } from "../canvas/layout"
import {
  CONTROL_INPUT,
  ERROR_OUTPUT,
  portOfPath,
  portsOf,
  wiredPorts,
  type Ports,
  type Wired,
} from "../canvas/ports"

export type NodeTypes = ReadonlyMap<string, NodeType>

export interface Selection {
  nodes: ReadonlySet<string>
  connections: ReadonlySet<string>
}

export const NO_SELECTION: Selection = { nodes: new Set(), connections: new Set() }

/** The error port's handle can't collide with an output of that name. */
export const ERROR_HANDLE = `!${ERROR_OUTPUT}`

export function connectionId(connection: ConnectionDocument): string {
  const mark = connection.kind === "error" ? "!" : ""
  return `${mark}${connection.source}.${connection.output}>${connection.target}.${connection.input}`
}

/** The connection that a wire drawn between two handles means. */
export function connectionFrom(
  source: string,
  sourceHandle: string,
  target: string,
  input: string,
): ConnectionDocument {
  if (sourceHandle === ERROR_HANDLE) return { source, output: ERROR_OUTPUT, target, input, kind: "error" }
  return { source, output: sourceHandle, target, input, kind: "data" }
}

/** The step's name; else its type's, where the id was made from it; else the id as words. */
export function titleOf(node: NodeDocument, type?: NodeType): string {
  const label = node.label?.trim()
  if (label) return label
  const [, stem = node.id, count] = /^(.*?)(?:_(\d+))?$/.exec(node.id) ?? []
  if (type && stem === identifier(type.label)) return count ? `${type.label} ${count}` : type.label
  return asWords(node.id)
}

/** The type's name and the one detail that tells two of a kind apart. */
export function subtitleOf(node: NodeDocument, type: NodeType | undefined): string {
  if (!type) return `Unknown type ${node.type}`
  const detail = detailOf(node)
  return detail ? `${type.label} · ${detail}` : type.label
}

const DETAIL_KEYS: Record<string, string> = {
  HTTPRequestNode: "method",
  DatasetReadNode: "dataset",
  DatasetWriteNode: "dataset",
  SwitchNode: "condition_field",
}

function detailOf(node: NodeDocument): string {
  const key = DETAIL_KEYS[node.type]
  const value = key ? node.config?.[key] : undefined
  return typeof value === "string" ? value : ""
}

interface Cached {
  node: NodeDocument
  type: NodeType | undefined
  wired: string
  names: readonly string[] | undefined
  selected: boolean
  made: StepNode
}

/** Makes canvas nodes and keeps those that did not change, so that the canvas redraws only what did. */
export class FlowMapper {
  private cache = new Map<string, Cached>()
  private wiredOf: { connections: readonly ConnectionDocument[]; map: Map<string, Wired> } | null = null
  private edgeCache = new WeakMap<ConnectionDocument, WireEdge>()

  nodes(
    graph: GraphDocument,
    types: NodeTypes,
    selection: Selection,
    freeNames: Readonly<Record<string, readonly string[]>> = {},
  ): StepNode[] {
    if (this.wiredOf?.connections !== graph.connections) {
      this.wiredOf = { connections: graph.connections, map: wiredPorts(graph.connections) }
    }
    const { map } = this.wiredOf
    const next = new Map<string, Cached>()
    const made = graph.nodes.map((node) => {
      const wired = map.get(node.id)
      const fresh = {
        node,
        type: types.get(node.type),
        wired: wired ? JSON.stringify(wired) : "",
        names: freeNames[node.id],
        selected: selection.nodes.has(node.id),
      }
      const before = this.cache.get(node.id)
      const cached = before && isSame(before, fresh) ? before : { ...fresh, made: stepNode(fresh, wired) }
      next.set(node.id, cached)
      return cached.made
    })
    this.cache = next
    return made
  }

  edges(graph: GraphDocument, selection: Selection): WireEdge[] {
    const ids = new Set(graph.nodes.map((node) => node.id))
    const edges: WireEdge[] = []
    for (const connection of graph.connections) {
      if (!ids.has(connection.source) || !ids.has(connection.target)) continue
      const id = connectionId(connection)
      const selected = selection.connections.has(id)
      const before = this.edgeCache.get(connection)
      const edge = before && before.selected === selected ? before : { ...wireEdge(connection, id), selected }
      this.edgeCache.set(connection, edge)
      edges.push(edge)
    }
    return edges
  }
}

function isSame(a: Cached, b: Omit<Cached, "made">): boolean {
  return (
    a.node === b.node &&
    a.type === b.type &&
    a.wired === b.wired &&
    a.names === b.names &&
    a.selected === b.selected
  )
}

function stepNode({ node, type, names, selected }: Omit<Cached, "made">, wired: Wired | undefined): StepNode {
  const ports = portsOf(node, type, wired, names)
  const layout = layoutOf(ports)
  const [x = 0, y = 0] = node.position ?? []
  return {
    id: node.id,
    type: "step",
    position: { x, y },
    width: layout.width,
    height: layout.height,
    measured: { width: layout.width, height: layout.height },
    handles: handlesOf(ports, layout),
    selected,
    data: {
      title: titleOf(node, type),
      subtitle: subtitleOf(node, type),
      type,
      typeName: node.type,
      ports,
      layout,
      disabled: node.disabled ?? false,
      hasNotes: Boolean(node.notes?.trim()),
    },
  }
}

const HIT = { along: 20, across: 24 }

/** Where wires end, told rather than measured: steps outside the view have ends too. */
function handlesOf(ports: Ports, layout: CardLayout): NodeHandle[] {
  const side = (port: { name: string; y: number }, type: "source" | "target"): NodeHandle => ({
    id: port.name,
    type,
    position: type === "source" ? Position.Right : Position.Left,
    x: (type === "source" ? layout.width : 0) - HIT.across / 2,
    y: port.y - HIT.along / 2,
    width: HIT.across,
    height: HIT.along,
  })
  const end = (id: string, type: "source" | "target"): NodeHandle => ({
    id,
    type,
    position: type === "source" ? Position.Bottom : Position.Top,
    x: (layout.width - HIT.along) / 2,
    y: (type === "source" ? layout.height : 0) - HIT.across / 2,
    width: HIT.along,
    height: HIT.across,
  })
  return [
    ...layout.inputs.map((port) => side(port, "target")),
    ...(ports.open && ports.inputs.length === 0 ? [side(OPEN_PORT, "target")] : []),
    ...layout.outputs.map((port) => side(port, "source")),
    end(CONTROL_INPUT, "target"),
    end(ERROR_HANDLE, "source"),
  ]
}

function wireEdge(connection: ConnectionDocument, id: string): WireEdge {
  const kind = connection.kind ?? "data"
  const output = portOfPath(connection.output)
  return {
    id,
    type: "wire",
    ariaLabel: `Connection from ${connection.source} to ${connection.target}, ${connection.input}`,
    source: connection.source,
    target: connection.target,
    sourceHandle: kind === "error" ? ERROR_HANDLE : output,
    targetHandle: connection.input,
    label: kind === "error" ? "on error" : undefined,
    data: { kind, control: connection.input === CONTROL_INPUT, output },
  }
}
