/** The zoomed-out picture: a box for each step, a straight hairline for each wire, on one 2D canvas. */
import type { Edge, Node } from "@xyflow/react"
import type { Status } from "../shared/status"
import { FRAME_HEAD } from "./frames"
import { grow, intersection, type Rect } from "./geometry"
import { rectOf, type GraphIndex } from "./GraphIndex"
import type { Palette } from "./palette"

export interface Scene {
  index: GraphIndex<Node<{ title: string }>, Edge<{ place?: string }>>
  statusOf: (id: string) => Status | undefined
  palette: Palette
  /** Titles and card colours once they can be read; a minimap stays plain. */
  titled: boolean
}

const TEXT_FROM = 0.3 // below this zoom a title is under 4 px high: drawing it costs most and says nothing
const LINES_A_STROKE = 400 // one path of thousands of lines is slower than several short ones
const ROUND_FROM = 0.15

/** Paints `area` at `zoom` onto the canvas, which is sized for it here. */
export function paint(canvas: HTMLCanvasElement, scene: Scene, area: Rect, zoom: number, dpr: number): void {
  const width = Math.max(1, Math.ceil(area.width * zoom * dpr))
  const height = Math.max(1, Math.ceil(area.height * zoom * dpr))
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width
    canvas.height = height
  }
  const pen = canvas.getContext("2d")
  if (!pen) return
  const scale = zoom * dpr
  pen.setTransform(1, 0, 0, 1, 0, 0)
  pen.clearRect(0, 0, width, height)
  pen.setTransform(scale, 0, 0, scale, -area.x * scale, -area.y * scale)
  const ids = scene.index.query(area)
  paintFrames(pen, scene, ids, zoom)
  paintWires(pen, scene, area, scale)
  paintBoxes(pen, scene, ids, zoom)
}

function paintWires(
  pen: CanvasRenderingContext2D,
  { index, palette }: Scene,
  area: Rect,
  scale: number,
): void {
  pen.strokeStyle = palette.wire
  pen.lineWidth = 1 / scale // a hairline: the rasteriser's fast path, and wires stay visible far out
  pen.beginPath()
  let lines = 0
  for (const id of index.edgesIn(area)) {
    const edge = index.edges.get(id)
    const from = edge && index.nodes.get(edge.source)
    const to = edge && index.nodes.get(edge.target)
    if (!from || !to) continue
    const [a, b] = [rectOf(from), rectOf(to)]
    // from a frame's left border to what it holds, and from there to its right border
    const isEntry = edge.data?.place === "entry"
    const isExit = edge.data?.place === "exit"
    pen.moveTo(isEntry ? a.x : a.x + a.width, isEntry ? b.y + b.height / 2 : a.y + a.height / 2)
    pen.lineTo(isExit ? b.x + b.width : b.x, isExit ? a.y + a.height / 2 : b.y + b.height / 2)
    if (++lines % LINES_A_STROKE === 0) {
      pen.stroke()
      pen.beginPath()
    }
  }
  pen.stroke()
}

/** A frame's ground, below wires and boxes; its head is painted as a box, so that its state shows. */
function paintFrames(
  pen: CanvasRenderingContext2D,
  { index, palette }: Scene,
  ids: Iterable<string>,
  zoom: number,
): void {
  const frames = [...ids].flatMap((id) => {
    const node = index.nodes.get(id)
    return node?.type === "frame" ? [node] : []
  })
  frames.sort((a, b) => (a.zIndex ?? 0) - (b.zIndex ?? 0))
  for (const node of frames) {
    const { x, y, width, height } = rectOf(node)
    pen.fillStyle = palette.frame
    pen.strokeStyle = palette.line
    pen.lineWidth = 1.5 / zoom
    pen.beginPath()
    pen.roundRect(x, y, width, height, 12)
    pen.fill()
    pen.stroke()
  }
}

const headOf = (rect: Rect): Rect => ({ ...rect, height: Math.min(rect.height, FRAME_HEAD) })

/** Boxes lie above wires and are opaque, so a changed state repaints its own box and nothing else. */
export function paintBoxes(
  pen: CanvasRenderingContext2D,
  scene: Scene,
  ids: Iterable<string>,
  zoom: number,
): void {
  const { index, palette, statusOf } = scene
  const titled = scene.titled && zoom >= TEXT_FROM
  const byColour = new Map<string, Rect[]>()
  const titles: [string, Rect][] = []
  const chosen: Rect[] = []
  for (const id of ids) {
    const node = index.nodes.get(id)
    if (!node) continue
    const rect = node.type === "frame" ? headOf(rectOf(node)) : rectOf(node)
    const colour = palette.solid[statusOf(id) ?? "none"]
    const list = byColour.get(colour)
    if (list) list.push(rect)
    else byColour.set(colour, [rect])
    if (node.selected) chosen.push(rectOf(node))
    if (titled) titles.push([node.data.title, rect])
  }
  for (const [colour, rects] of byColour) fillBoxes(pen, rects, { colour, titled, zoom, palette })
  outline(pen, chosen, zoom, palette)
  pen.fillStyle = palette.text
  pen.font = '600 15px "Inter Variable", system-ui'
  for (const [title, rect] of titles)
    pen.fillText(title, rect.x + 14, rect.y + rect.height / 2 + 5, rect.width - 22)
}

interface BoxLook {
  colour: string
  titled: boolean
  zoom: number
  palette: Palette
}

function fillBoxes(
  pen: CanvasRenderingContext2D,
  rects: Rect[],
  { colour, titled, zoom, palette }: BoxLook,
): void {
  if (zoom < ROUND_FROM) {
    pen.fillStyle = colour
    for (const rect of rects) pen.fillRect(rect.x, rect.y, rect.width, rect.height)
    return
  }
  for (const rect of rects) {
    pen.fillStyle = titled ? palette.card : colour
    pen.beginPath()
    pen.roundRect(rect.x, rect.y, rect.width, rect.height, 10)
    pen.fill()
    if (!titled) continue
    pen.fillStyle = colour // a bar in the state's colour at the left edge, the title beside it
    pen.beginPath()
    pen.roundRect(rect.x, rect.y, 7, rect.height, [10, 0, 0, 10])
    pen.fill()
    pen.strokeStyle = palette.line
    pen.lineWidth = 1 / zoom
    pen.beginPath()
    pen.roundRect(rect.x, rect.y, rect.width, rect.height, 10)
    pen.stroke()
  }
}

function outline(pen: CanvasRenderingContext2D, rects: Rect[], zoom: number, palette: Palette): void {
  pen.strokeStyle = palette.selection
  pen.lineWidth = 3 / zoom
  for (const rect of rects) {
    pen.beginPath()
    pen.roundRect(rect.x, rect.y, rect.width, rect.height, 10)
    pen.stroke()
  }
}

/** What to paint for a view: a quarter screen more on each side, so that most pan frames only move the bitmap. */
export function paintedAreaFor(view: Rect, content: Rect): Rect {
  return intersection(grow(view, view.width / 4, view.height / 4), grow(content, 8, 8))
}
