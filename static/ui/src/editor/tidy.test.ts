import { expect, it } from "vitest"
import { tidy } from "./tidy"

const box = (id: string) => ({ id, width: 156, height: 72 })
const wire = (source: string, target: string) => ({ source, target, error: false })

it("lays steps in columns along the flow, without overlap, from the corner they had", () => {
  const nodes = ["a", "b", "c", "d"].map(box)
  const placed = new Map(
    tidy({
      nodes,
      wires: [wire("a", "b"), wire("a", "c"), wire("b", "d"), wire("c", "d")],
      origin: [40, 80],
    }),
  )
  const x = (id: string) => placed.get(id)![0]
  const y = (id: string) => placed.get(id)![1]
  expect(x("a")).toBe(40)
  expect(x("b")).toBeGreaterThanOrEqual(x("a") + 156)
  expect(x("b")).toBe(x("c"))
  expect(Math.abs(y("b") - y("c"))).toBeGreaterThanOrEqual(72)
  expect(x("d")).toBeGreaterThan(x("c"))
  expect(Math.min(...[...placed.values()].map(([, top]) => top))).toBe(80)
})

it("lays out a graph with a circle too", () => {
  expect(
    tidy({
      nodes: [box("a"), box("b")],
      wires: [wire("a", "b"), wire("b", "a"), wire("a", "a")],
      origin: [0, 0],
    }),
  ).toHaveLength(2)
})

it("lays out 5,000 steps in columns within a second", () => {
  const nodes = Array.from({ length: 5_000 }, (_, at) => box(`n${at}`))
  const wires = nodes.slice(1).map(({ id }, at) => wire(`n${at % 70 === 69 ? at - 69 : at}`, id))
  const start = performance.now()
  const placed = tidy({ nodes, wires, origin: [0, 0] })
  expect(performance.now() - start).toBeLessThan(1_000)
  expect(new Set(placed.map(([, place]) => place.join())).size).toBe(5_000)
})

it("lays the body of a frame out inside it, and gives the frame the room that it needs", () => {
  const body = { nodes: ["x", "y", "z"].map(box), wires: [wire("x", "y"), wire("y", "z")] }
  const inner = { id: "inner", width: 400, height: 200, body }
  const outer = {
    id: "outer",
    width: 400,
    height: 200,
    body: { nodes: [inner, box("w")], wires: [wire("inner", "w")] },
  }
  const placed = new Map(
    tidy({
      nodes: [box("a"), outer, box("b")],
      wires: [wire("a", "outer"), wire("outer", "b")],
      origin: [0, 0],
    }),
  )
  const [outerX, outerY] = placed.get("outer")!
  const [x, y] = placed.get("x")!
  expect(placed.size).toBe(8)
  expect(x - outerX).toBe(2 * 120)
  expect(y - outerY).toBeGreaterThanOrEqual(2 * 80)
  expect(placed.get("w")![0]).toBeGreaterThan(placed.get("z")![0] + 156)
  expect(placed.get("b")![0]).toBeGreaterThan(placed.get("w")![0] + 156 + 120)
})
