/** The curve of a wire. Pure. */
import type { Point } from "./geometry"

export interface WirePath {
  d: string
  /** Where a label sits. */
  label: Point
}

export function dataPath(from: Point, to: Point): WirePath {
  const dx = to.x - from.x
  const reach = dx > 0 ? Math.max(14, dx / 2) : Math.min(160, Math.max(48, -dx / 2))
  return {
    d: `M${from.x} ${from.y}C${from.x + reach} ${from.y} ${to.x - reach} ${to.y} ${to.x} ${to.y}`,
    label: { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 },
  }
}

/** Errors fall downward from the bottom of a step, then turn into the left of the next. */
export function errorPath(from: Point, to: Point): WirePath {
  const radius = 10
  if (to.y > from.y + 2 * radius && to.x > from.x + radius) {
    return {
      d: `M${from.x} ${from.y}V${to.y - radius}q0 ${radius} ${radius} ${radius}H${to.x}`,
      label: { x: from.x, y: (from.y + to.y) / 2 },
    }
  }
  const drop = Math.max(48, Math.abs(to.y - from.y) / 2)
  const reach = Math.max(48, Math.abs(to.x - from.x) / 3)
  return {
    d: `M${from.x} ${from.y}C${from.x} ${from.y + drop} ${to.x - reach} ${to.y} ${to.x} ${to.y}`,
    label: { x: from.x, y: from.y + 24 },
  }
}

/** `should_run` is entered from above. */
export function controlPath(from: Point, to: Point): WirePath {
  const reach = Math.max(24, Math.abs(to.x - from.x) / 3)
  const drop = Math.max(24, Math.abs(to.y - from.y) / 2)
  return {
    d: `M${from.x} ${from.y}C${from.x + reach} ${from.y} ${to.x} ${to.y - drop} ${to.x} ${to.y}`,
    label: { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 },
  }
}
