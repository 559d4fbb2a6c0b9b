import { expect, it } from "vitest"
import { freeSpot } from "./freeSpot"

const at = (x: number, y: number) => ({ x, y, width: 156, height: 72 })

it("centres a step on a free place", () => {
  expect(freeSpot([], { x: 100, y: 100 })).toEqual({ x: 22, y: 64 })
})

it("goes to the right of a step that lies there, then below", () => {
  const first = freeSpot([], { x: 78, y: 36 })
  expect(first).toEqual({ x: 0, y: 0 })
  const second = freeSpot([at(0, 0)], { x: 78, y: 36 })
  expect(second).toEqual({ x: 204, y: 0 })
  expect(freeSpot([at(0, 0), at(204, 0)], { x: 78, y: 36 })).toEqual({ x: 0, y: 112 })
})

it("never covers one of many", () => {
  const nodes = [at(0, 0)]
  for (let count = 0; count < 60; count++) {
    const spot = freeSpot(nodes, { x: 78, y: 36 })
    nodes.push(at(spot.x, spot.y))
  }
  expect(new Set(nodes.map(({ x, y }) => `${x},${y}`)).size).toBe(61)
})
