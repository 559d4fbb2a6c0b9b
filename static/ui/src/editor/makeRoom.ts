/** Neighbours of a frame that has grown give way, so that nothing lies in it that is not its own. Pure. */
import { overlaps, type Rect } from "../canvas/geometry"
import type { Parents } from "../canvas/scopes"

type Rects = ReadonlyMap<string, Rect>

const GAP = 24

/** How far each neighbour moves: those right of the frame to the right, those below it downward. */
export function givingWay(
  frame: string,
  before: Rects,
  after: Rects,
  parents: Parents,
): Map<string, [number, number]> {
  const [was, is] = [before.get(frame), after.get(frame)]
  const shifts = new Map<string, [number, number]>()
  if (!was || !is) return shifts
  const scope = parents.get(frame)
  const beside = [...after].filter(([id]) => id !== frame && parents.get(id) === scope)
  const hit = beside.filter(([, rect]) => overlaps(rect, is) && !overlaps(rect, was))
  const isRight = (rect: Rect) => rect.x >= was.x + was.width
  const isBelow = (rect: Rect) => rect.y >= was.y + was.height
  const toRight = hit.filter(([, rect]) => isRight(rect)).map(([, rect]) => is.x + is.width + GAP - rect.x)
  const down = hit
    .filter(([, rect]) => !isRight(rect) && isBelow(rect))
    .map(([, rect]) => is.y + is.height + GAP - rect.y)
  const [dx, dy] = [Math.max(0, ...toRight), Math.max(0, ...down)]
  for (const [id, rect] of beside) {
    if (dx && isRight(rect)) shifts.set(id, [dx, 0])
    else if (dy && isBelow(rect)) shifts.set(id, [0, dy])
  }
  return shifts
}
