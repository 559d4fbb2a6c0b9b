import { describe, expect, it } from "vitest"
import { GraphIndex } from "./GraphIndex"

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
