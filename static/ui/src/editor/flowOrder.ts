/** The order in which keys walk the steps. Pure. */
import type { GraphDocument, NodeDocument } from "../api/types"
import { depths } from "../canvas/arranged"
import { parentsOf } from "../canvas/scopes"

/** From the start to the end; among equals, from top to bottom. A frame comes right before what lies inside. */
export function flowOrder(graph: GraphDocument): NodeDocument[] {
  const depth = depths(graph)
  const rank = (node: NodeDocument) => depth.get(node.id) ?? Infinity
  const sorted = [...graph.nodes].sort(
    (a, b) =>
      rank(a) - rank(b) || (a.position?.[1] ?? 0) - (b.position?.[1] ?? 0) || a.id.localeCompare(b.id),
  )
  const parents = parentsOf(graph.nodes)
  if (!parents.size) return sorted
  const inside = new Map<string | undefined, NodeDocument[]>()
  for (const node of sorted) {
    const frame = parents.get(node.id)
    inside.set(frame, [...(inside.get(frame) ?? []), node])
  }
  const walk = (frame: string | undefined): NodeDocument[] =>
    (inside.get(frame) ?? []).flatMap((node) => (inside.has(node.id) ? [node, ...walk(node.id)] : [node]))
  return walk(undefined)
}

export type Direction = "left" | "right" | "up" | "down"

/** Where an arrow leads: along a wire to the left or right, else to the nearest step that way. */
export function neighbour(graph: GraphDocument, id: string, direction: Direction): string | null {
  const at = graph.nodes.find((node) => node.id === id)
  if (!at) return null
  const parents = parentsOf(graph.nodes)
  if (direction === "left" || direction === "right") {
    const ends = graph.connections.flatMap((item) => {
      if (direction === "right") return item.source === id ? [item.target] : []
      return item.target === id ? [item.source] : []
    })
    const wired = nearest(
      at,
      graph.nodes.filter((node) => ends.includes(node.id)),
    )
    if (wired) return wired
  }
  return nearest(
    at,
    // up and down stay in the scope: Enter leads into a frame, Esc out of it
    graph.nodes.filter(
      (node) => node.id !== id && parents.get(node.id) === parents.get(id) && lies(at, node, direction),
    ),
  )
}

const place = (node: NodeDocument): [number, number] => node.position ?? [0, 0]

function lies(from: NodeDocument, to: NodeDocument, direction: Direction): boolean {
  const [x, y] = place(from)
  const [toX, toY] = place(to)
  const [dx, dy] = [toX - x, toY - y]
  if (direction === "left") return dx < 0 && Math.abs(dx) >= Math.abs(dy)
  if (direction === "right") return dx > 0 && Math.abs(dx) >= Math.abs(dy)
  if (direction === "up") return dy < 0 && Math.abs(dy) >= Math.abs(dx) / 2
  return dy > 0 && Math.abs(dy) >= Math.abs(dx) / 2
}

function nearest(from: NodeDocument, among: readonly NodeDocument[]): string | null {
  const [x, y] = place(from)
  let best: [string, number] | null = null
  for (const node of among) {
    const [toX, toY] = place(node)
    const distance = Math.hypot(toX - x, toY - y)
    if (!best || distance < best[1]) best = [node.id, distance]
  }
  return best?.[0] ?? null
}

/** The first step inside a frame; undefined for one that holds nothing, and for other steps. */
export const firstInside = (graph: GraphDocument, frame: string): string | undefined =>
  flowOrder(graph).find((node) => node.parent === frame)?.id
