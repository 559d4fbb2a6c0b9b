import type { GraphDocument, NodeDocument } from "../api/types"
import { CARD_WIDTH } from "./layout"

const COLUMN = CARD_WIDTH + 48
const LINE = 112

/**
 * The graph with a place for every step: those without one stand in columns by their distance from the start.
 * Several steps on the very origin were never placed: code that builds graphs gives no positions.
 */
export function arranged(graph: GraphDocument): GraphDocument {
  const atOrigin = graph.nodes.filter((node) => node.position?.[0] === 0 && node.position[1] === 0).length
  const isHomeless = ({ position }: NodeDocument) =>
    !position || (atOrigin > 1 && position[0] === 0 && position[1] === 0)
  if (!graph.nodes.some(isHomeless)) return graph
  const depth = depths(graph)
  const filled = new Map<number, number>()
  const top = Math.max(
    0,
    ...graph.nodes.map((node) => (isHomeless(node) ? 0 : (node.position?.[1] ?? 0) + LINE)),
  )
  const nodes = graph.nodes.map((node) => {
    if (!isHomeless(node)) return node
    const column = depth.get(node.id) ?? 0
    const line = filled.get(column) ?? 0
    filled.set(column, line + 1)
    return { ...node, position: [column * COLUMN, top + line * LINE] as [number, number] }
  })
  return { ...graph, nodes }
}

/** The longest way to each step from one without inputs. A circle, which a draft may have, counts once. */
export function depths(graph: GraphDocument): Map<string, number> {
  const waiting = new Map(graph.nodes.map((node) => [node.id, 0]))
  const next = new Map<string, string[]>()
  for (const { source, target } of graph.connections) {
    if (!waiting.has(source) || !waiting.has(target)) continue
    waiting.set(target, (waiting.get(target) ?? 0) + 1)
    next.set(source, [...(next.get(source) ?? []), target])
  }
  const depth = new Map<string, number>()
  const ready = [...waiting].filter(([, count]) => count === 0).map(([id]) => id)
  for (const id of ready) depth.set(id, 0)
  for (let at = 0; at < ready.length; at++) {
    const id = ready[at] as string
    for (const target of next.get(id) ?? []) {
      depth.set(target, Math.max(depth.get(target) ?? 0, (depth.get(id) ?? 0) + 1))
      const left = (waiting.get(target) ?? 0) - 1
      waiting.set(target, left)
      if (left === 0) ready.push(target)
    }
  }
  return depth
}
