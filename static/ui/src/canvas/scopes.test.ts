import { describe, expect, it } from "vitest"
import { around, movedInto, outermost, parentsOf, placeOf, wayInto, whyAcross, withBodies } from "./scopes"

const node = (id: string, parent?: string) => ({ id, type: "T", ...(parent ? { parent } : {}) })
const wire = (source: string, target: string) => ({ source, output: "result", target, input: "x" })

// a -> loop [ b -> inner [ c ] ] -> d
const nodes = [
  node("a"),
  node("loop"),
  node("b", "loop"),
  node("inner", "loop"),
  node("c", "inner"),
  node("d"),
]
const parents = parentsOf(nodes)
const titleOf = (id: string) => id.toUpperCase()

describe("what lies inside what", () => {
  it("follows parents that exist", () => {
    expect(around("c", parents)).toEqual(["inner", "loop"])
    expect(parentsOf([node("x", "gone")]).size).toBe(0)
  })

  it("cuts a circle of parents open", () => {
    const circle = parentsOf([node("x", "y"), node("y", "x"), node("z", "z")])
    expect(around("x", circle).length).toBeLessThan(2)
    expect(circle.has("z")).toBe(false)
  })

  it("takes bodies along, and names the outermost of several", () => {
    expect([...withBodies(["loop"], parents)].sort()).toEqual(["b", "c", "inner", "loop"])
    expect(outermost(new Set(["loop", "c", "d"]), parents)).toEqual(["loop", "d"])
  })
})

describe("a connection", () => {
  it("runs beside, into, out of or across frames", () => {
    expect(placeOf(wire("a", "loop"), parents)).toBe("beside")
    expect(placeOf(wire("loop", "b"), parents)).toBe("entry")
    expect(placeOf(wire("b", "loop"), parents)).toBe("exit")
    expect(placeOf(wire("b", "inner"), parents)).toBe("beside")
    expect(placeOf(wire("a", "b"), parents)).toBe("across")
    expect(placeOf(wire("loop", "c"), parents)).toBe("across")
  })

  it("may be drawn in one scope and through inner ports", () => {
    expect(wayInto({ node: "a" }, { node: "d" }, parents)).toEqual([])
    expect(wayInto({ node: "loop", inner: true }, { node: "b" }, parents)).toEqual([])
    expect(wayInto({ node: "b" }, { node: "loop", inner: true }, parents)).toEqual([])
  })

  it("goes in through each frame on the way", () => {
    expect(wayInto({ node: "a" }, { node: "c" }, parents)).toEqual(["loop", "inner"])
    expect(wayInto({ node: "b" }, { node: "c" }, parents)).toEqual(["inner"])
    expect(wayInto({ node: "loop", inner: true }, { node: "c" }, parents)).toEqual(["inner"])
  })

  it("never leads out of a frame but by the frame, and says so", () => {
    const why = (from: Parameters<typeof whyAcross>[0], to: Parameters<typeof whyAcross>[1]) =>
      whyAcross(from, to, parents, titleOf)
    expect(why({ node: "b" }, { node: "d" })).toBe("“B” is inside “LOOP”. Its results leave by “LOOP”")
    expect(why({ node: "loop" }, { node: "b" })).toBe("“LOOP” feeds the steps inside by its inner ports")
    expect(why({ node: "loop", inner: true }, { node: "d" })).toBe("This port is for the steps inside “LOOP”")
    expect(why({ node: "a" }, { node: "loop", inner: true })).toBe("Only steps inside “LOOP” end here")
    expect(why({ node: "c" }, { node: "loop", inner: true })).toBe(
      "“C” is inside “INNER”. Its results leave by “INNER”",
    )
    expect(why({ node: "a" }, { node: "b" })).toBeNull()
  })
})

describe("a step moved into a frame", () => {
  const graph = {
    nodes,
    connections: [
      wire("a", "loop"),
      wire("a", "d"),
      wire("loop", "b"),
      wire("b", "loop"),
      wire("b", "inner"),
    ],
  }

  it("loses the connections that would cross, and keeps the others", () => {
    const { graph: moved, cut } = movedInto(graph, new Map([["d", "loop"]]))
    expect(moved.nodes.find((item) => item.id === "d")?.parent).toBe("loop")
    expect(cut).toEqual([wire("a", "d")])
    expect(moved.connections).toHaveLength(4)
  })

  it("loses those that would mean something else outside", () => {
    const { graph: moved, cut } = movedInto(graph, new Map([["b", null]]))
    expect(cut).toEqual([wire("loop", "b"), wire("b", "loop"), wire("b", "inner")])
    expect(moved.connections).toEqual([wire("a", "loop"), wire("a", "d")])
  })

  it("keeps what was drawn wrong before, so that its problem stays", () => {
    const broken = { nodes, connections: [wire("a", "c")] }
    expect(movedInto(broken, new Map([["c", "loop"]])).cut).toEqual([])
  })
})
