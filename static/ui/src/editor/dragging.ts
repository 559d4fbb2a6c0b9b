/** What a drag does to frames: bodies go along, frames that stay keep their box, drops change the frame. Pure. */
import type { GraphDocument } from "../api/types"
import { frameAt } from "../canvas/frames"
import { grow, type Point, type Rect } from "../canvas/geometry"
import { outermost, parentsOf, withBodies, type Parents } from "../canvas/scopes"

/** How things stood when the drag began. */
export interface DragStart {
  graph: GraphDocument
  /** The boxes of all steps and frames. */
  rects: ReadonlyMap<string, Rect>
  frames: ReadonlySet<string>
}

export interface Dragged {
  positions: Map<string, readonly [number, number]>
  /** The boxes of frames while the drag lasts: they don't follow a step that is on its way out. */
  held: Map<string, Rect>
}

/** `moved` is where the canvas has put the steps under the pointer; a frame takes its body along. */
export function dragTo(start: DragStart, moved: ReadonlyMap<string, readonly [number, number]>): Dragged {
  const parents = parentsOf(start.graph.nodes)
  const positions = new Map(moved)
  const held = new Map<string, Rect>()
  for (const id of start.frames) {
    const rect = start.rects.get(id)
    if (rect) held.set(id, rect)
  }
  for (const [id, [x, y]] of moved) {
    const from = start.rects.get(id)
    if (!start.frames.has(id) || !from) continue
    for (const inside of withBodies([id], parents)) {
      const rect = start.rects.get(inside)
      if (!rect || (inside !== id && moved.has(inside))) continue
      const at = { x: rect.x + x - from.x, y: rect.y + y - from.y }
      positions.set(inside, [at.x, at.y])
      if (start.frames.has(inside)) held.set(inside, { ...rect, ...at })
    }
  }
  return { positions, held }
}

/** A step whose middle lies this far outside still counts as in the frame. */
const NEAR = 24

const middleOf = ({ x, y, width, height }: Rect): Point => ({ x: x + width / 2, y: y + height / 2 })

/** The frame that each dragged step would lie in when it is let go; only those for which that is another one. */
export function dropsOf(
  start: DragStart,
  moved: ReadonlyMap<string, readonly [number, number]>,
): Map<string, string | null> {
  const parents = parentsOf(start.graph.nodes)
  const { held, positions } = dragTo(start, moved)
  const going = withBodies(moved.keys(), parents)
  const near = new Map([...held].map(([id, rect]) => [id, grow(rect, NEAR, NEAR)]))
  const drops = new Map<string, string | null>()
  for (const id of outermost(new Set(moved.keys()), parents)) {
    const rect = start.rects.get(id)
    const at = positions.get(id)
    if (!rect || !at) continue
    const middle = middleOf({ ...rect, x: at[0], y: at[1] })
    const frame = frameAt(middle, held, parents, going) ?? frameAt(middle, near, parents, going)
    if (frame !== (parents.get(id) ?? null)) drops.set(id, frame)
  }
  return drops
}

/** Frames keep the place of their box, so that one that loses its last step stays where it is. */
export function settled(
  graph: GraphDocument,
  rects: ReadonlyMap<string, Rect>,
  frames: ReadonlySet<string>,
): GraphDocument {
  let changed = false
  const nodes = graph.nodes.map((node) => {
    const rect = frames.has(node.id) ? rects.get(node.id) : undefined
    if (!rect || (node.position?.[0] === rect.x && node.position[1] === rect.y)) return node
    changed = true
    return { ...node, position: [rect.x, rect.y] as [number, number] }
  })
  return changed ? { ...graph, nodes } : graph
}

/** Frames whose body `ids` would leave empty. */
export function emptiedBy(ids: ReadonlySet<string>, parents: Parents): Set<string> {
  const left = new Map<string, number>()
  for (const [id, frame] of parents) left.set(frame, (left.get(frame) ?? 0) + (ids.has(id) ? 0 : 1))
  return new Set([...left].flatMap(([frame, count]) => (count === 0 && !ids.has(frame) ? [frame] : [])))
}
