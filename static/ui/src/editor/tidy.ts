/** Columns in the direction of flow, few crossings. Runs in a worker; pure, so tested without one. */
import { graphlib, layout } from "@dagrejs/dagre"

export interface TidyNode {
  id: string
  width: number
  height: number
}

export interface TidyRequest {
  nodes: TidyNode[]
  wires: { source: string; target: string; error: boolean }[]
  /** The top left corner of the result. */
  origin: [number, number]
}

const COLUMN_GAP = 56
const ROW_GAP = 36

export function tidy({ nodes, wires, origin }: TidyRequest): [string, [number, number]][] {
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
    return [id, [x - width / 2, y - height / 2]] as [string, [number, number]]
  })
  const left = Math.min(...placed.map(([, [x]]) => x))
  const top = Math.min(...placed.map(([, [, y]]) => y))
  return placed.map(([id, [x, y]]) => [id, [snapped(x - left) + origin[0], snapped(y - top) + origin[1]]])
}

const snapped = (value: number): number => Math.round(value / 8) * 8
