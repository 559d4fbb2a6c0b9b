/** Where a new step lies without covering another. Pure. */
import { grow, overlaps, type Point, type Rect } from "../canvas/geometry"
import { CARD_WIDTH } from "../canvas/layout"

const HEIGHT = 72
const MARGIN = 16
const STEP = { x: CARD_WIDTH + 48, y: HEIGHT + 40 }
const RINGS = 12

/** The top left corner nearest to having `middle` in the step's centre, clear of these boxes. */
export function freeSpot(boxes: readonly Rect[], middle: Point): Point {
  const at = { x: middle.x - CARD_WIDTH / 2, y: middle.y - HEIGHT / 2 }
  for (const { x, y } of ringsAround(at)) {
    const here = grow({ x, y, width: CARD_WIDTH, height: HEIGHT }, MARGIN, MARGIN)
    if (!boxes.some((box) => overlaps(box, here))) return { x, y }
  }
  return at
}

/** The place itself, then ever larger squares around it: first to the right and below. */
function* ringsAround(at: Point): Generator<Point> {
  yield at
  for (let ring = 1; ring <= RINGS; ring++) {
    const cells: [number, number][] = []
    for (let dx = -ring; dx <= ring; dx++) {
      for (let dy = -ring; dy <= ring; dy++)
        if (Math.max(Math.abs(dx), Math.abs(dy)) === ring) cells.push([dx, dy])
    }
    cells.sort(
      ([ax, ay], [bx, by]) => Math.abs(ax) + Math.abs(ay) - Math.abs(bx) - Math.abs(by) || bx - ax || by - ay,
    )
    for (const [dx, dy] of cells) yield { x: at.x + dx * STEP.x, y: at.y + dy * STEP.y }
  }
}
