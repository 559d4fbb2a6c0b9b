/** The one place where connections become the canvas library's edges, and steps its nodes. */
import type { ConnectionDocument, GraphDocument, NodeDocument, NodeType } from "../api/types"
import { asWords, identifier } from "./names"
import { errorLabel, frameLevel, hasSameWires, isSameWire, wireEdge, wireLevel } from "../canvas/wireEdges"
import { Position, type NodeHandle } from "@xyflow/react"
import { optionBadges } from "../canvas/badges"
import type { StepNode, WireEdge } from "../canvas/flow"
import { frameLayout, frameRects, newInputOf, RAIL, type FrameLayout } from "../canvas/frames"
import { frameSummary } from "../canvas/frameSummary"
import type { Rect } from "../canvas/geometry"
import { layoutOf, OPEN_PORT, type CardLayout } from "../canvas/layout"
import {
  CONTROL_INPUT,
  ERROR_HANDLE,
  ERROR_OUTPUT,
  innerHandle,
  portOfHandle,
  portsOf,
  wiredPorts,
  type Ports,
  type Wired,
} from "../canvas/ports"
import { around, childrenOf, isFrame, isSameMap, parentsOf, placeOf, type Parents } from "../canvas/scopes"

export type NodeTypes = ReadonlyMap<string, NodeType>

export interface Selection {
  nodes: ReadonlySet<string>
  connections: ReadonlySet<string>
}

export const NO_SELECTION: Selection = { nodes: new Set(), connections: new Set() }

export { ERROR_HANDLE }

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
  const into = portOfHandle(input)
  if (sourceHandle === ERROR_HANDLE)
    return { source, output: ERROR_OUTPUT, target, input: into, kind: "error" }
  return { source, output: portOfHandle(sourceHandle), target, input: into, kind: "data" }
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
  BatchProcessorNode: "data_source",
  SQLQueryNode: "database",
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
  ports: Ports
  /** Of a frame: its box, whether something lies inside, and how deep it lies. */
  rect?: Rect
  isEmpty?: boolean
  depth?: number
  made: StepNode
}

type Fresh = Omit<Cached, "ports" | "made">

/** Makes canvas nodes and keeps those that did not change, so that the canvas redraws only what did. */
export class FlowMapper {
  private cache = new Map<string, Cached>()
  private wiredOf: {
    connections: readonly ConnectionDocument[]
    parents: Parents
    map: Map<string, Wired>
  } | null = null
  private wiredKeys = new WeakMap<Wired, string>()
  private edgeCache = new WeakMap<ConnectionDocument, WireEdge>()
  private edgesOf: { graph: GraphDocument; selected: ReadonlySet<string>; edges: WireEdge[] } | null = null

  /** `held` are frames that keep a box while steps are dragged. */
  nodes(
    graph: GraphDocument,
    types: NodeTypes,
    selection: Selection,
    freeNames: Readonly<Record<string, readonly string[]>> = {},
    held: ReadonlyMap<string, Rect> | null = null,
  ): StepNode[] {
    const parents = parentsOf(graph.nodes)
    const wiredMap = this.wired(graph.connections, parents)
    const next = new Map<string, Cached>()
    const frames = new Map<string, Cached>()
    for (const node of graph.nodes) {
      const wired = wiredMap.get(node.id)
      const type = types.get(node.type)
      const fresh: Fresh = {
        node,
        type,
        wired: wired ? this.keyOf(wired) : "",
        names: freeNames[node.id],
        selected: selection.nodes.has(node.id),
      }
      const before = this.cache.get(node.id)
      if (isFrame(type)) {
        const ports =
          before && hasSamePorts(before, fresh) ? before.ports : portsOf(node, type, wired, fresh.names)
        frames.set(node.id, { ...fresh, ports, made: before?.made as StepNode })
      } else next.set(node.id, before && isSame(before, fresh) ? before : stepCached(fresh, wired))
    }
    if (frames.size) this.frame(frames, next, parents, held)
    this.cache = next
    return graph.nodes.map((node) => (next.get(node.id) as Cached).made)
  }

  /** The same list while only places and settings of steps change: a drag makes no wire anew. */
  edges(graph: GraphDocument, selection: Selection): WireEdge[] {
    const before = this.edgesOf
    const selected = selection.connections
    if (before && before.selected === selected && hasSameWires(before.graph, graph)) {
      this.edgesOf = { ...before, graph }
      return before.edges
    }
    const edges = this.newEdges(graph, selection)
    this.edgesOf = { graph, selected, edges }
    return edges
  }

  private newEdges(graph: GraphDocument, selection: Selection): WireEdge[] {
    const steps = new Map(graph.nodes.map((node) => [node.id, node]))
    const parents = parentsOf(graph.nodes)
    const edges: WireEdge[] = []
    for (const connection of graph.connections) {
      const source = steps.get(connection.source)
      if (!source || !steps.has(connection.target)) continue
      const id = connectionId(connection)
      const fresh = {
        selected: selection.connections.has(id),
        place: placeOf(connection, parents),
        zIndex: wireLevel(connection, parents),
        label: connection.kind === "error" ? errorLabel(source) : undefined,
      }
      const before = this.edgeCache.get(connection)
      const edge = before && isSameWire(before, fresh) ? before : wireEdge(connection, id, fresh)
      this.edgeCache.set(connection, edge)
      edges.push(edge)
    }
    return edges
  }

  private keyOf(wired: Wired): string {
    const known = this.wiredKeys.get(wired) ?? JSON.stringify(wired)
    this.wiredKeys.set(wired, known)
    return known
  }

  private wired(connections: readonly ConnectionDocument[], parents: Parents): Map<string, Wired> {
    const before = this.wiredOf
    if (before?.connections === connections && isSameMap(before.parents, parents)) return before.map
    const map = wiredPorts(connections, parents)
    this.wiredOf = { connections, parents, map }
    return map
  }

  /** Adds the frames to `made`, which holds all other steps. */
  private frame(
    frames: Map<string, Cached>,
    made: Map<string, Cached>,
    parents: Parents,
    held: ReadonlyMap<string, Rect> | null,
  ): void {
    const children = childrenOf(parents)
    const boxes = new Map(
      [...frames].map(([id, { node, ports }]) => [id, { ports, at: pointOf(node) }] as const),
    )
    const steps = new Map([...made].map(([id, { made: step }]) => [id, rectOfStep(step)] as const))
    const rects = frameRects(boxes, steps, parents, held)
    for (const [id, frame] of frames) {
      const rect = rects.get(id) as Rect
      const fresh = { ...frame, rect, isEmpty: !children.has(id), depth: around(id, parents).length }
      const before = this.cache.get(id)
      made.set(id, before && isSameFrame(before, fresh) ? before : { ...fresh, made: frameNode(fresh) })
    }
  }
}

const pointOf = ({ position }: NodeDocument) => ({ x: position?.[0] ?? 0, y: position?.[1] ?? 0 })

const rectOfStep = ({ position, width = 0, height = 0 }: StepNode): Rect => ({ ...position, width, height })

const hasSamePorts = (a: Cached, b: Fresh): boolean =>
  a.type === b.type && a.wired === b.wired && a.names === b.names && a.node.config === b.node.config

function isSame(a: Cached, b: Fresh): boolean {
  return a.node === b.node && hasSamePorts(a, b) && a.selected === b.selected
}

function isSameFrame(a: Cached, b: Omit<Cached, "made">): boolean {
  const [before, now] = [a.rect, b.rect]
  return (
    a.node === b.node &&
    a.ports === b.ports &&
    a.selected === b.selected &&
    a.isEmpty === b.isEmpty &&
    a.depth === b.depth &&
    before !== undefined &&
    now !== undefined &&
    before.x === now.x &&
    before.y === now.y &&
    before.width === now.width &&
    before.height === now.height
  )
}

function stepCached(fresh: Fresh, wired: Wired | undefined): Cached {
  const ports = portsOf(fresh.node, fresh.type, wired, fresh.names)
  return { ...fresh, ports, made: stepNode(fresh, ports) }
}

function stepNode({ node, type, selected }: Fresh, ports: Ports): StepNode {
  const layout = layoutOf(ports)
  return {
    id: node.id,
    type: "step",
    position: pointOf(node),
    width: layout.width,
    height: layout.height,
    measured: { width: layout.width, height: layout.height },
    handles: handlesOf(ports, layout),
    selected,
    zIndex: selected ? 1 : 0,
    data: { ...commonData(node, type, ports), layout, frame: null },
  }
}

function frameNode({ node, type, selected, ports, rect, isEmpty, depth }: Omit<Cached, "made">): StepNode {
  const { x, y, width, height } = rect as Rect
  const layout = frameLayout(ports, { width, height })
  return {
    id: node.id,
    type: "frame",
    position: { x, y },
    width,
    height,
    measured: { width, height },
    handles: frameHandles(ports, layout),
    selected,
    zIndex: frameLevel(depth ?? 0),
    style: { pointerEvents: "none" },
    dragHandle: ".frame-head",
    data: {
      ...commonData(node, type, ports),
      layout,
      frame: { layout, summary: frameSummary(node, type), isEmpty: isEmpty ?? false },
    },
  }
}

function commonData(node: NodeDocument, type: NodeType | undefined, ports: Ports) {
  return {
    title: titleOf(node, type),
    subtitle: subtitleOf(node, type),
    type,
    typeName: node.type,
    ports,
    disabled: node.disabled ?? false,
    badges: optionBadges(node),
    attempts: node.options?.retry ? (node.options.retry.max_retries ?? 3) + 1 : null,
  }
}

const HIT = { along: 20, across: 24 }

function sideHandle(id: string, type: "source" | "target", at: { x: number; y: number }): NodeHandle {
  return {
    id,
    type,
    position: type === "source" ? Position.Right : Position.Left,
    x: at.x - HIT.across / 2,
    y: at.y - HIT.along / 2,
    width: HIT.across,
    height: HIT.along,
  }
}

/** A frame's ports on the outside, and those on the inner edges of its rails. */
function frameHandles(ports: Ports, layout: FrameLayout): NodeHandle[] {
  const right = layout.width - RAIL
  const newInput = newInputOf(layout)
  return [
    ...handlesOf({ ...ports, open: false }, layout),
    ...(ports.open ? [sideHandle(newInput.name, "target", { x: 0, y: newInput.y })] : []),
    ...layout.inner.outputs.map((port) =>
      sideHandle(innerHandle(port.name), "source", { x: RAIL, y: port.y }),
    ),
    ...layout.inner.inputs.map((port) =>
      sideHandle(innerHandle(port.name), "target", { x: right, y: port.y }),
    ),
  ]
}

/** Where wires end, told rather than measured: steps outside the view have ends too. */
function handlesOf(ports: Ports, layout: CardLayout): NodeHandle[] {
  const side = (port: { name: string; y: number }, type: "source" | "target"): NodeHandle =>
    sideHandle(port.name, type, { x: type === "source" ? layout.width : 0, y: port.y })
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
