import { describe, expect, it } from "vitest"
import { borrowed, lacking, outerOf } from "./partialRuns"

const node = (id: string, parent?: string) => ({ id, type: "T", ...(parent ? { parent } : {}) })
const wire = (source: string, target: string) => ({ source, output: "result", target, input: "x" })
const graph = {
  nodes: [node("a"), node("b"), node("loop"), node("inner", "loop"), node("c"), node("d")],
  connections: [
    wire("a", "loop"),
    wire("loop", "inner"),
    wire("inner", "loop"),
    wire("loop", "c"),
    wire("b", "c"),
    wire("c", "d"),
  ],
}

describe("a run of a part", () => {
  it("means the frame of a step inside it", () => {
    expect(outerOf(graph, "inner")).toBe("loop")
    expect(outerOf(graph, "a")).toBe("a")
  })

  it("borrows the direct sources outside of it", () => {
    expect(borrowed(graph, "single", "c").sort()).toEqual(["b", "loop"])
    expect(borrowed(graph, "from_node", "loop").sort()).toEqual(["a", "b"])
    expect(borrowed(graph, "from_node", "inner").sort()).toEqual(["a", "b"])
    expect(borrowed(graph, "to_node", "d")).toEqual([])
  })

  it("lacks what has no result from earlier and no pin", () => {
    const none = { has: () => false, mayBeElsewhere: false }
    expect(lacking(graph, "single", "d", none)).toBe("c")
    expect(lacking(graph, "single", "d", { ...none, has: (id) => id === "c" })).toBeNull()
    expect(lacking(graph, "single", "d", { ...none, mayBeElsewhere: true })).toBeNull()
    const pinned = {
      ...graph,
      nodes: graph.nodes.map((item) =>
        item.id === "c" ? { ...item, options: { pin: { result: 1 } } } : item,
      ),
    }
    expect(lacking(pinned, "single", "d", none)).toBeNull()
  })
})
