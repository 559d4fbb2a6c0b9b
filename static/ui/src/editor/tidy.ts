/** Columns in the direction of flow, few crossings. Runs in a worker; pure, so tested without one. */
import { graphlib, layout } from "@dagrejs/dagre"
import { depths } from "../canvas/arranged"
import { bodyOrigin, FRAME_HEAD, FRAME_PAD, RAIL } from "../canvas/frames"

export interface TidyNode {
  id: string
  width: number
  height: number
  /** What lies inside a frame, laid out before the frame itself; the frame is at least as large as given. */
  body?: TidyBody
}

interface TidyBody {
  nodes: TidyNode[]
  wires: { source: string; target: string; error: boolean }[]
}

export interface TidyRequest extends TidyBody {
  /** The top left corner of the result. */
  origin: [number, number]
}

const COLUMN_GAP = 56
const ROW_GAP = 36

/** dagre recurses along paths and needs minutes from here on; plain columns take milliseconds. */
const MOST_FOR_DAGRE = 1_500

export const tidy = (request: TidyRequest): Placed[] => arranged(request).placed

/** Bodies first: a frame is as large as what lies inside needs. */
function arranged({ nodes, wires, origin }: TidyRequest): Arranged {
  const bodies = new Map<string, Arranged>()
  const sized = nodes.map((node) => {
    if (!node.body?.nodes.length) return node
    const body = arranged({ ...node.body, origin: [0, 0] })
    bodies.set(node.id, body)
    const width = Math.max(node.width, body.width + 2 * (RAIL + FRAME_PAD))
    const height = Math.max(node.height, body.height + FRAME_HEAD + 2 * FRAME_PAD)
    return { id: node.id, width, height }
  })
  const request = { nodes: sized, wires, origin }
  const outer = sized.length > MOST_FOR_DAGRE ? columns(request) : layered(request)
  const sizes = new Map(sized.map((node) => [node.id, node]))
  const right = outer.map(([id, [x]]) => x + (sizes.get(id)?.width ?? 0) - origin[0])
  const bottom = outer.map(([id, [, y]]) => y + (sizes.get(id)?.height ?? 0) - origin[1])
  const placed = outer.flatMap(([id, [x, y]]) => {
    const from = bodyOrigin({ x, y })
    const inside = bodies.get(id)?.placed ?? []
    return [
      [id, [x, y]],
      ...inside.map(([child, [dx, dy]]) => [child, [from.x + dx, from.y + dy]]),
    ] as Placed[]
  })
  return { placed, width: Math.max(...right), height: Math.max(...bottom) }
}

interface Arranged {
  placed: Placed[]
  width: number
  height: number
}

type Placed = [string, [number, number]]

function layered({ nodes, wires, origin }: TidyRequest): Placed[] {
  const graph = new graphlib.Graph({ multigraph: true })
  graph.setGraph({
    rankdir: "LR",
    ranksep: COLUMN_GAP,
    nodesep: ROW_GAP,
    edgesep: 16,
    ranker: "network-simplex",
  })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const { id, width, height } of nodes) graph.setNode(id, { width, height })
  for (const [at, { source, target, error }] of wires.entries()) {
    if (source !== target) graph.setEdge(source, target, { weight: error ? 0 : 2 }, String(at))
  }
  layout(graph)
  const placed = nodes.map(({ id, width, height }) => {
    const { x, y } = graph.node(id) as { x: number; y: number }
    return [id, [x - width / 2, y - height / 2]] as Placed
  })
  const left = Math.min(...placed.map(([, [x]]) => x))
  const top = Math.min(...placed.map(([, [, y]]) => y))
  return placed.map(([id, [x, y]]) => [id, [snapped(x - left) + origin[0], snapped(y - top) + origin[1]]])
}

const snapped = (value: number): number => Math.round(value / 8) * 8

/** Columns by the longest way from the start; within one, steps stand in the order of those they come from. */
function columns({ nodes, wires, origin }: TidyRequest): Placed[] {
  const connections = wires.map(({ source, target }) => ({ source, target, output: "", input: "" }))
  const depth = depths({ nodes: nodes.map(({ id }) => ({ id, type: "" })), connections })
  const sources = new Map<string, string[]>()
  for (const { source, target } of wires) sources.set(target, [...(sources.get(target) ?? []), source])
  const byColumn = new Map<number, TidyNode[]>()
  for (const node of nodes) {
    const column = depth.get(node.id) ?? 0
    byColumn.set(column, [...(byColumn.get(column) ?? []), node])
  }
  const rank = new Map<string, number>()
  const placed: Placed[] = []
  let x = origin[0]
  for (const column of [...byColumn.keys()].sort((a, b) => a - b)) {
    const listed = byColumn.get(column) ?? []
    const middle = new Map(
      listed.map(({ id }) => [id, average((sources.get(id) ?? []).map((from) => rank.get(from) ?? 0))]),
    )
    listed.sort((a, b) => (middle.get(a.id) ?? 0) - (middle.get(b.id) ?? 0))
    let y = origin[1]
    for (const { id, height } of listed) {
      placed.push([id, [x, y]])
      rank.set(id, y)
      y += snapped(height + ROW_GAP)
    }
    x += snapped(Math.max(...listed.map(({ width }) => width)) + COLUMN_GAP)
  }
  return placed
}

const average = (values: readonly number[]): number =>
  values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : 0
