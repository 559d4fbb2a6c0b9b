import { describe, expect, it } from "vitest"
import { arranged, depths } from "./arranged"

const wire = (source: string, target: string) => ({ source, output: "result", target, input: "x" })

describe("a graph without places", () => {
  it("stands in columns by the longest way from the start", () => {
    const graph = {
      nodes: ["a", "b", "c"].map((id) => ({ id, type: "T" })),
      connections: [wire("a", "b"), wire("b", "c"), wire("a", "c")],
    }
    const xs = arranged(graph).nodes.map((node) => node.position?.[0] ?? -1)
    expect(xs[0]).toBeLessThan(xs[1] as number)
    expect(xs[1]).toBeLessThan(xs[2] as number)
  })

  it("is the same object when every step has a place", () => {
    const graph = { nodes: [{ id: "a", type: "T", position: [0, 0] as [number, number] }], connections: [] }
    expect(arranged(graph)).toBe(graph)
  })

  it("takes several steps on the origin for never placed", () => {
    const at = (x: number, y: number) => [x, y] as [number, number]
    const graph = {
      nodes: [
        { id: "a", type: "T", position: at(0, 0) },
        { id: "b", type: "T", position: at(0, 0) },
        { id: "c", type: "T", position: at(300, 40) },
      ],
      connections: [wire("a", "b")],
    }
    const [a, b, c] = arranged(graph).nodes
    expect(a?.position).not.toEqual(b?.position)
    expect(c?.position).toEqual([300, 40])
  })

  it("counts a circle once and ends", () => {
    const graph = {
      nodes: [
        { id: "a", type: "T" },
        { id: "b", type: "T" },
      ],
      connections: [wire("a", "b"), wire("b", "a")],
    }
    expect(depths(graph).size).toBe(0)
    expect(arranged(graph).nodes.every((node) => node.position)).toBe(true)
  })
})
