import { describe, expect, it } from "vitest"

import { pictureOf, TILE } from "./picture"

const steps = [
  { id: "read", position: [80, 120] },
  { id: "check", position: [360, 120] },
  { id: "good", position: [640, 120] },
  { id: "bad", position: [640, 260] },
]

describe("a template's picture", () => {
  it("keeps columns and rows, close together", () => {
    const { places } = pictureOf(steps, [])

    const [read, check, good, bad] = places
    expect(read!.y).toBe(check!.y)
    expect(good!.x).toBe(bad!.x)
    expect(check!.x - read!.x).toBe(good!.x - check!.x)
    expect(bad!.y).toBeGreaterThan(good!.y + TILE)
  })

  it("is as large as what it holds", () => {
    const { width, height, places } = pictureOf(steps, [])

    expect(Math.max(...places.map((place) => place.x)) + TILE).toBeLessThan(width)
    expect(Math.max(...places.map((place) => place.y)) + TILE).toBeLessThan(height)
  })

  it("draws a line for each wire between steps that are there", () => {
    const wires = [
      { source: "read", target: "check", kind: "data" },
      { source: "check", target: "bad", kind: "error" },
      { source: "check", target: "gone", kind: "data" },
    ]

    expect(pictureOf(steps, wires).lines.map((line) => line.isError)).toEqual([false, true])
  })

  it("is a small empty one where there are no steps", () => {
    expect(pictureOf([], []).places).toEqual([])
    expect(pictureOf([], []).width).toBeGreaterThan(0)
  })
})
