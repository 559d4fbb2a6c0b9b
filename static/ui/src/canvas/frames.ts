/** Where the parts of a frame lie: its box around the steps inside, its rails and their ports. Pure. */
import { boundsOf, type Point, type Rect } from "./geometry"
import { CARD_WIDTH, NEW_PORT_ROW, ROW, type CardLayout, type PlacedPort } from "./layout"
import type { Port, Ports } from "./ports"
import { childrenOf, type Parents } from "./scopes"

export const FRAME_HEAD = 48
/** The strip at the left and right border with the names of the ports. */
export const RAIL = 88
/** Between the rails and the steps, and above and below them. */
export const FRAME_PAD = 32
const RAIL_TOP = 8
const EMPTY_BODY = { width: CARD_WIDTH, height: 72 }

/** The ports inside: what the steps take from the frame stands left, what they give it right. */
export interface InnerPorts {
  outputs: readonly PlacedPort[]
  inputs: readonly PlacedPort[]
}

export interface FrameLayout extends CardLayout {
  inner: InnerPorts
  /** Names along the rails, each at the height of its ports. */
  left: readonly RailRow[]
  right: readonly RailRow[]
}

export interface RailRow {
  y: number
  label: string
  outer: boolean
  inner: boolean
}

const rowAt = (row: number): number => FRAME_HEAD + RAIL_TOP + row * ROW + ROW / 2

const placed = (port: Port, row: number): PlacedPort => ({ ...port, row, y: rowAt(row) })

/** An input that the steps inside can read keeps one row for both its ports. */
export function frameLayout(ports: Ports, size: { width: number; height: number }): FrameLayout {
  const inner = ports.inner ?? { inputs: [], outputs: [] }
  const leftNames = [...new Set([...ports.inputs, ...inner.outputs].map((port) => port.name))]
  const rightNames = inner.inputs.length
  const at = (port: Port) => leftNames.indexOf(port.name)
  return {
    ...size,
    rows: 0,
    inputs: ports.inputs.map((port) => placed(port, at(port))),
    outputs: ports.outputs.map((port, row) => placed(port, rightNames + row)),
    inner: {
      outputs: inner.outputs.map((port) => placed(port, at(port))),
      inputs: inner.inputs.map((port, row) => placed(port, row)),
    },
    left: leftNames.map((name, row) => ({
      y: rowAt(row),
      label: ports.inputs.find((port) => port.name === name)?.name ?? name,
      outer: ports.inputs.some((port) => port.name === name),
      inner: inner.outputs.some((port) => port.name === name),
    })),
    right: [
      ...inner.inputs.map((port, row) => ({ y: rowAt(row), label: port.name, outer: false, inner: true })),
      ...ports.outputs.map((port, row) => ({
        y: rowAt(rightNames + row),
        label: port.name,
        outer: true,
        inner: false,
      })),
    ],
  }
}

/** The port that a new input of a frame is made by: below the others. */
export const newInputOf = (layout: FrameLayout): PlacedPort => ({
  ...NEW_PORT_ROW,
  y: rowAt(layout.left.length),
  row: layout.left.length,
})

function railHeight(ports: Ports): number {
  const left = new Set([...ports.inputs, ...(ports.inner?.outputs ?? [])].map((port) => port.name)).size
  const right = (ports.inner?.inputs.length ?? 0) + ports.outputs.length
  return 2 * RAIL_TOP + Math.max(left + (ports.open ? 1 : 0), right) * ROW
}

/** The box of a frame with this top left corner and nothing inside. */
export function emptyFrame(at: Point, ports: Ports): Rect {
  return {
    ...at,
    width: 2 * (RAIL + FRAME_PAD) + EMPTY_BODY.width,
    height: FRAME_HEAD + Math.max(railHeight(ports), 2 * FRAME_PAD + EMPTY_BODY.height),
  }
}

/** The box of a frame around what lies inside. */
export function frameAround(inside: readonly Rect[], ports: Ports): Rect {
  const { x, y, width, height } = boundsOf(inside)
  const body = 2 * FRAME_PAD + height
  return {
    x: x - FRAME_PAD - RAIL,
    y: y - FRAME_PAD - FRAME_HEAD,
    width: Math.max(2 * (RAIL + FRAME_PAD) + EMPTY_BODY.width, width + 2 * (RAIL + FRAME_PAD)),
    height: FRAME_HEAD + Math.max(railHeight(ports), body),
  }
}

/** Where the first step goes in an empty frame. */
export const bodyOrigin = (frame: Point): Point => ({
  x: frame.x + RAIL + FRAME_PAD,
  y: frame.y + FRAME_HEAD + FRAME_PAD,
})

interface FrameBox {
  ports: Ports
  /** Where it stands while it is empty. */
  at: Point
}

/** The boxes of all frames, from the inside out. `held` frames keep the box that they have there. */
export function frameRects(
  frames: ReadonlyMap<string, FrameBox>,
  steps: ReadonlyMap<string, Rect>,
  parents: Parents,
  held?: ReadonlyMap<string, Rect> | null,
): Map<string, Rect> {
  const children = childrenOf(parents)
  const rects = new Map<string, Rect>()
  const rectOf = (id: string): Rect | undefined => {
    const frame = frames.get(id)
    if (!frame) return steps.get(id)
    const done = rects.get(id) ?? held?.get(id)
    if (done) {
      rects.set(id, done)
      return done
    }
    const inside = (children.get(id) ?? []).flatMap((child) => rectOf(child) ?? [])
    const rect = inside.length ? frameAround(inside, frame.ports) : emptyFrame(frame.at, frame.ports)
    rects.set(id, rect)
    return rect
  }
  for (const id of frames.keys()) rectOf(id)
  return rects
}

/** The innermost frame that holds a point; frames in `except` don't count. */
export function frameAt(
  { x, y }: Point,
  frames: ReadonlyMap<string, Rect>,
  parents: Parents,
  except: ReadonlySet<string> = new Set(),
): string | null {
  let found: string | null = null
  let deepest = -1
  for (const [id, rect] of frames) {
    if (except.has(id) || x < rect.x || y < rect.y || x > rect.x + rect.width || y > rect.y + rect.height)
      continue
    let depth = 0
    for (let at = parents.get(id); at !== undefined; at = parents.get(at)) depth++
    if (depth <= deepest) continue
    deepest = depth
    found = id
  }
  return found
}
