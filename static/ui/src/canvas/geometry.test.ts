import { describe, expect, it } from "vitest"
import { gapAt } from "./DotGrid"
import { boundsOf, fitting, intersection, opening, overlaps, viewOf } from "./geometry"

describe("the geometry of the canvas", () => {
  it("fits content into the middle of a pane and never magnifies it", () => {
    const pane = { width: 800, height: 600 }
    const small = fitting({ x: 100, y: 100, width: 200, height: 100 }, pane)
    expect(small.zoom).toBe(1)
    const view = viewOf(small, pane)
    expect([view.x + view.width / 2, view.y + view.height / 2]).toEqual([200, 150])
    expect(fitting({ x: 0, y: 0, width: 8000, height: 100 }, pane, 0).zoom).toBeCloseTo(0.1)
  })

  it("bounds nothing as one point at the origin", () => {
    expect(boundsOf([])).toEqual({ x: 0, y: 0, width: 1, height: 1 })
  })

  it("knows that touching boxes do not overlap, and what two share", () => {
    const a = { x: 0, y: 0, width: 10, height: 10 }
    expect(overlaps(a, { x: 10, y: 0, width: 5, height: 5 })).toBe(false)
    expect(intersection(a, { x: 5, y: 6, width: 20, height: 20 })).toEqual({
      x: 5,
      y: 6,
      width: 5,
      height: 4,
    })
    expect(intersection(a, { x: 50, y: 50, width: 1, height: 1 }).width).toBe(0)
  })

  it("opens a graph too wide to read at its beginning, and a huge one whole", () => {
    const pane = { width: 800, height: 600 }
    const wide = opening({ x: 100, y: 0, width: 1500, height: 200 }, pane)
    expect(wide.zoom).toBe(0.72)
    expect(wide.x + 100 * wide.zoom).toBe(32)
    expect(wide.y + 100 * wide.zoom).toBeCloseTo(300)
    expect(opening({ x: 0, y: 0, width: 15_000, height: 9_000 }, pane).zoom).toBeLessThan(0.1)
    expect(opening({ x: 0, y: 0, width: 300, height: 200 }, pane).zoom).toBe(1)
  })
})

it("spaces the dots of the grid so that they never run together", () => {
  for (const zoom of [2, 1, 0.72, 0.3, 0.05]) expect(gapAt(zoom)).toBeGreaterThanOrEqual(13)
  expect(gapAt(1)).toBe(16)
  expect(gapAt(0.5)).toBe(16)
})
