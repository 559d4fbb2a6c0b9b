import type { GraphDocument, NodeDocument } from "../api/types"
import { bodyOrigin, FRAME_HEAD, FRAME_PAD, RAIL } from "./frames"
import type { Point } from "./geometry"
import { CARD_WIDTH } from "./layout"
import { besideOnly, childrenOf, parentsOf } from "./scopes"

const COLUMN_GAP = 48
const ROW_GAP = 40
const CARD_HEIGHT = 72

/**
 * The graph with a place for every step: those without one stand in columns by their distance from the start, in a
 * frame as at the top. Several steps on the very origin were never placed: code that builds graphs gives no positions.
 */
export function arranged(graph: GraphDocument): GraphDocument {
  const atOrigin = graph.nodes.filter((node) => node.position?.[0] === 0 && node.position[1] === 0).length
  const isHomeless = ({ position }: NodeDocument) =>
    !position || (atOrigin > 1 && position[0] === 0 && position[1] === 0)
  if (!graph.nodes.some(isHomeless)) return graph
  const places = new Arrangement(graph, isHomeless).places()
  const nodes = graph.nodes.map((node) => {
    const place = places.get(node.id)
    return place ? { ...node, position: [place.x, place.y] as [number, number] } : node
  })
  return { ...graph, nodes }
}

interface Body {
  /** From the corner of the body. */
  offsets: Map<string, Point>
  width: number
  height: number
}

class Arrangement {
  private readonly depth: Map<string, number>
  private readonly members = new Map<string | null, NodeDocument[]>()
  private readonly bodies = new Map<string, Body>()
  private readonly found = new Map<string, Point>()

  constructor(
    graph: GraphDocument,
    private readonly isHomeless: (node: NodeDocument) => boolean,
  ) {
    const parents = parentsOf(graph.nodes)
    this.depth = depths(graph)
    for (const node of graph.nodes) {
      const frame = parents.get(node.id) ?? null
      this.members.set(frame, [...(this.members.get(frame) ?? []), node])
    }
    for (const frame of childrenOf(parents).keys()) this.bodyOf(frame)
  }

  places(): Map<string, Point> {
    this.settle(null, { x: 0, y: 0 })
    return this.found
  }

  /** Homeless members of a scope stand below those that have a place. */
  private settle(frame: string | null, corner: Point): void {
    const members = this.members.get(frame) ?? []
    const placed = members.filter((node) => !this.isHomeless(node)).map(pointOf)
    const origin = placed.length
      ? {
          x: frame === null ? 0 : Math.min(...placed.map(({ x }) => x)),
          y: Math.max(...placed.map(({ y }) => y)) + CARD_HEIGHT + ROW_GAP,
        }
      : corner
    const { offsets } = this.layOut(members)
    for (const node of members) {
      const offset = offsets.get(node.id)
      const at = offset ? { x: origin.x + offset.x, y: Math.max(0, origin.y) + offset.y } : pointOf(node)
      if (offset) this.found.set(node.id, at)
      if (this.members.has(node.id)) this.settle(node.id, bodyOrigin(at))
    }
  }

  private bodyOf(frame: string): Body {
    const known = this.bodies.get(frame) ?? this.layOut(this.members.get(frame) ?? [])
    this.bodies.set(frame, known)
    return known
  }

  private layOut(members: readonly NodeDocument[]): Body {
    const columns = new Map<number, NodeDocument[]>()
    for (const node of members) {
      if (!this.isHomeless(node)) continue
      const column = this.depth.get(node.id) ?? 0
      columns.set(column, [...(columns.get(column) ?? []), node])
    }
    const offsets = new Map<string, Point>()
    let [x, height] = [0, 0]
    for (let column = 0; column <= Math.max(-1, ...columns.keys()); column++) {
      let [y, width] = [0, CARD_WIDTH]
      for (const node of columns.get(column) ?? []) {
        const size = this.sizeOf(node.id)
        offsets.set(node.id, { x, y })
        y += size.height + ROW_GAP
        width = Math.max(width, size.width)
      }
      x += width + COLUMN_GAP
      height = Math.max(height, y - ROW_GAP)
    }
    return { offsets, width: Math.max(0, x - COLUMN_GAP), height }
  }

  private sizeOf(id: string): { width: number; height: number } {
    if (!this.members.has(id)) return { width: CARD_WIDTH, height: CARD_HEIGHT }
    const { width, height } = this.bodyOf(id)
    return { width: width + 2 * (RAIL + FRAME_PAD), height: height + FRAME_HEAD + 2 * FRAME_PAD }
  }
}

const pointOf = ({ position }: NodeDocument): Point => ({ x: position?.[0] ?? 0, y: position?.[1] ?? 0 })

/** The longest way to each step from one without inputs, in each scope. A circle, which a draft may have, counts once. */
export function depths(graph: Pick<GraphDocument, "nodes" | "connections">): Map<string, number> {
  const waiting = new Map(graph.nodes.map((node) => [node.id, 0]))
  const next = new Map<string, string[]>()
  for (const { source, target } of besideOnly(graph.connections, parentsOf(graph.nodes))) {
    if (!waiting.has(source) || !waiting.has(target)) continue
    waiting.set(target, (waiting.get(target) ?? 0) + 1)
    const after = next.get(source)
    if (after) after.push(target)
    else next.set(source, [target])
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
