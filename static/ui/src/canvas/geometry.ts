/** Rectangles in canvas pixels. Pure. */
export interface Point {
  x: number
  y: number
}

export interface Rect extends Point {
  width: number
  height: number
}

export const overlaps = (a: Rect, b: Rect): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

export const holds = (outer: Rect, inner: Rect): boolean =>
  outer.x <= inner.x &&
  outer.y <= inner.y &&
  outer.x + outer.width >= inner.x + inner.width &&
  outer.y + outer.height >= inner.y + inner.height

export const grow = (rect: Rect, dx: number, dy: number): Rect => ({
  x: rect.x - dx,
  y: rect.y - dy,
  width: rect.width + 2 * dx,
  height: rect.height + 2 * dy,
})

export function intersection(a: Rect, b: Rect): Rect {
  const x = Math.max(a.x, b.x)
  const y = Math.max(a.y, b.y)
  const right = Math.min(a.x + a.width, b.x + b.width)
  const bottom = Math.min(a.y + a.height, b.y + b.height)
  return { x, y, width: Math.max(0, right - x), height: Math.max(0, bottom - y) }
}

/** The box around all; a single point at the origin when there are none. */
export function boundsOf(rects: Iterable<Rect>): Rect {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const { x, y, width, height } of rects) {
    left = Math.min(left, x)
    top = Math.min(top, y)
    right = Math.max(right, x + width)
    bottom = Math.max(bottom, y + height)
  }
  if (left > right) return { x: 0, y: 0, width: 1, height: 1 }
  return { x: left, y: top, width: right - left, height: bottom - top }
}

export interface Viewport extends Point {
  zoom: number
}

/** The viewport that shows `content` in the middle of a pane, never larger than `maxZoom`. */
export function fitting(
  content: Rect,
  pane: { width: number; height: number },
  padding = 32,
  maxZoom = 1,
): Viewport {
  const room = {
    width: Math.max(1, pane.width - 2 * padding),
    height: Math.max(1, pane.height - 2 * padding),
  }
  const zoom = Math.max(MIN_ZOOM, Math.min(maxZoom, room.width / content.width, room.height / content.height))
  return {
    zoom,
    x: pane.width / 2 - (content.x + content.width / 2) * zoom,
    y: pane.height / 2 - (content.y + content.height / 2) * zoom,
  }
}

const READABLE_ZOOM = 0.72
const HOPELESS_ZOOM = 0.35

/**
 * The first view of a graph to edit: all of it where its text can be read; else its beginning, readable; and all of
 * it again where that beginning would be a scrap.
 */
export function opening(content: Rect, pane: { width: number; height: number }, padding = 32): Viewport {
  const all = fitting(content, pane, padding)
  if (all.zoom >= READABLE_ZOOM || all.zoom < HOPELESS_ZOOM) return all
  const zoom = READABLE_ZOOM
  const isTall = content.height * zoom > pane.height - 2 * padding
  return {
    zoom,
    x: padding - content.x * zoom,
    y: isTall ? padding - content.y * zoom : pane.height / 2 - (content.y + content.height / 2) * zoom,
  }
}

/** What of the canvas a pane shows. */
export function viewOf(viewport: Viewport, pane: { width: number; height: number }): Rect {
  const { x, y, zoom } = viewport
  return { x: -x / zoom, y: -y / zoom, width: pane.width / zoom, height: pane.height / zoom }
}

export const MIN_ZOOM = 0.02
export const MAX_ZOOM = 2
export const GRID = 16

export const snap = (value: number, step = GRID / 2): number => Math.round(value / step) * step
