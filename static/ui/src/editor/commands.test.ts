import { describe, expect, it } from "vitest"
import type { GraphDocument } from "../api/types"
import { connectionId } from "../shared/mapping"
import { identifier } from "../shared/names"
import {
  addNodes,
  connect,
  copiesOf,
  freshId,
  moveNodes,
  nudge,
  removeItems,
  renameNode,
  setConfig,
  setOption,
} from "./commands"

const at = (x: number, y: number) => [x, y] as [number, number]
const GRAPH: GraphDocument = {
  nodes: [
    { id: "read", type: "R", position: at(0, 0), config: { dataset: "a" } },
    { id: "clean", type: "P", position: at(200, 0) },
    { id: "write", type: "W", position: at(400, 0), parent: null },
  ],
  connections: [
    { source: "read", output: "result", target: "clean", input: "rows" },
    { source: "clean", output: "result.data", target: "write", input: "records" },
  ],
}

describe("commands on a graph", () => {
  it("never change the graph they are given", () => {
    const before = JSON.stringify(GRAPH)
    for (const command of [
      addNodes([{ id: "x", type: "T" }]),
      removeItems(new Set(["clean"]), new Set()),
      moveNodes(new Map([["read", at(5, 5)]])),
      nudge(new Set(["read"]), 1, 1),
      renameNode("read", "source"),
      setConfig("read", "dataset", "b"),
    ]) {
      expect(command(GRAPH)).not.toBe(GRAPH)
    }
    expect(JSON.stringify(GRAPH)).toBe(before)
  })

  it("take the wires of a deleted step away with it", () => {
    const graph = removeItems(new Set(["clean"]), new Set())(GRAPH)
    expect(graph.nodes.map((node) => node.id)).toEqual(["read", "write"])
    expect(graph.connections).toEqual([])
  })

  it("delete one wire by its id", () => {
    const [first] = GRAPH.connections
    const graph = removeItems(new Set(), new Set([connectionId(first!)]))(GRAPH)
    expect(graph.connections).toHaveLength(1)
    expect(graph.nodes).toHaveLength(3)
  })

  it("replace the wire on an input, unless the input takes several", () => {
    const wire = { source: "read", output: "result", target: "write", input: "records" }
    expect(connect(wire)(GRAPH).connections).toHaveLength(2)
    expect(connect(wire, true)(GRAPH).connections).toHaveLength(3)
    expect(connect(GRAPH.connections[0]!)(GRAPH).connections).toHaveLength(2)
  })

  it("let the wires follow a new id", () => {
    const graph = renameNode("clean", "tidy")(GRAPH)
    expect(graph.connections.map((item) => [item.source, item.target])).toEqual([
      ["read", "tidy"],
      ["tidy", "write"],
    ])
  })

  it("take a key away when its value is undefined, so that the default holds", () => {
    expect(setConfig("read", "dataset", undefined)(GRAPH).nodes[0]?.config).toEqual({})
    expect(setOption("read", "timeout", 3)(GRAPH).nodes[0]?.options).toEqual({ timeout: 3 })
  })

  it("copy steps with the wires among them under fresh ids", () => {
    const copies = copiesOf(GRAPH, GRAPH.nodes.slice(0, 2), GRAPH.connections)
    expect(copies.nodes.map((node) => node.id)).toEqual(["read_2", "clean_2"])
    expect(copies.connections).toEqual([
      { source: "read_2", output: "result", target: "clean_2", input: "rows" },
    ])
    expect(copies.nodes[0]?.config).not.toBe(GRAPH.nodes[0]?.config)
  })
})

describe("names", () => {
  it("are free and can stand in code", () => {
    expect(freshId(new Set(["read_csv", "read_csv_2"]), "Read CSV")).toBe("read_csv_3")
    expect(identifier("Größe (m²)")).toBe("grosse_m2")
    expect(identifier("2nd step")).toBe("step_2nd_step")
    expect(identifier("???")).toMatch(/^[a-z_][a-z0-9_]*$/)
  })
})

describe("a frame and its body", () => {
  const nested: GraphDocument = {
    nodes: [
      { id: "loop", type: "LoopNode", position: at(0, 0) },
      { id: "grow", type: "P", position: at(120, 80), parent: "loop" },
      { id: "after", type: "P", position: at(600, 0) },
    ],
    connections: [
      { source: "loop", output: "state", target: "grow", input: "state" },
      { source: "grow", output: "result", target: "loop", input: "state" },
      { source: "loop", output: "result", target: "after", input: "x" },
    ],
  }

  it("are deleted together", () => {
    const left = removeItems(new Set(["loop"]), new Set())(nested)
    expect(left.nodes.map((node) => node.id)).toEqual(["after"])
    expect(left.connections).toEqual([])
  })

  it("are moved together by the arrow keys", () => {
    const moved = nudge(new Set(["loop"]), 16, 0)(nested)
    expect(moved.nodes.map((node) => node.position?.[0])).toEqual([16, 136, 600])
  })

  it("are copied with their inner wires, the copy's body in the copy", () => {
    const { nodes, connections } = copiesOf(nested, nested.nodes.slice(0, 2), nested.connections)
    expect(nodes.map(({ id, parent }) => [id, parent])).toEqual([
      ["loop_2", undefined],
      ["grow_2", "loop_2"],
    ])
    expect(connections.map(({ source, target }) => [source, target])).toEqual([
      ["loop_2", "grow_2"],
      ["grow_2", "loop_2"],
    ])
  })

  it("takes copies of a step inside, which stay inside or go where they are put", () => {
    const [, grow] = nested.nodes
    expect(copiesOf(nested, [grow!], []).nodes[0]?.parent).toBe("loop")
    expect(copiesOf(nested, [grow!], [], undefined, null).nodes[0]).not.toHaveProperty("parent")
    expect(copiesOf(nested, [nested.nodes[2]!], [], undefined, "loop").nodes[0]?.parent).toBe("loop")
  })
})
