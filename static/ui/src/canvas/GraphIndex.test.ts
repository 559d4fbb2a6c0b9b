import type { Node } from "@xyflow/react"
import { describe, expect, it } from "vitest"
import { boxed, GraphIndex, hitAt } from "./GraphIndex"

const node = (id: string, x: number, y: number) => ({
  id,
  position: { x, y },
  width: 100,
  height: 50,
  data: {},
})
const edge = (source: string, target: string) => ({ id: `${source}-${target}`, source, target })

describe("the index of the graph", () => {
  it("finds the steps in a rectangle and the wires that cross it", () => {
    const index = new GraphIndex()
    index.sync([node("a", 0, 0), node("b", 1000, 0), node("c", 0, 900)], [edge("a", "b"), edge("a", "c")])
    expect([...index.query({ x: -10, y: -10, width: 50, height: 50 })]).toEqual(["a"])
    // both ends lie outside, the wire runs through
    expect([...index.edgesIn({ x: 400, y: 0, width: 100, height: 40 })]).toEqual(["a-b"])
  })

  it("forgets steps that went and follows those that moved", () => {
    const index = new GraphIndex()
    index.sync([node("a", 0, 0), node("b", 500, 0)], [])
    index.sync([node("a", 2000, 0)], [])
    expect(index.query({ x: 0, y: 0, width: 1000, height: 100 }).size).toBe(0)
    expect(index.nodes.size).toBe(1)
  })

  it("leaves out a wire whose step is gone", () => {
    const index = new GraphIndex()
    index.sync([node("a", 0, 0)], [edge("a", "gone")])
    expect(index.edgesIn({ x: -1e4, y: -1e4, width: 2e4, height: 2e4 }).size).toBe(0)
  })
})

it("selects by a box the steps that it touches and the frames that it holds", () => {
  const at = (id: string, x: number, size: number, type = "step") =>
    ({ id, type, position: { x, y: 0 }, width: size, height: size, data: {} }) as Node
  const index = new GraphIndex()
  index.sync([at("frame", 0, 400, "frame"), at("inside", 100, 100)], [])
  expect([...boxed(index, { x: 150, y: 50, width: 20, height: 20 })]).toEqual(["inside"])
  expect([...boxed(index, { x: -10, y: -10, width: 500, height: 500 })]).toEqual(["frame", "inside"])
  expect(hitAt(index, { x: 120, y: 20 })?.width).toBe(100)
})
