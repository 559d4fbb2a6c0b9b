import { describe, expect, it } from "vitest"
import type { NodeType } from "../api/types"
import { connectionFrom, connectionId, ERROR_HANDLE, FlowMapper, NO_SELECTION, titleOf } from "./mapping"

const graph = {
  nodes: [
    { id: "a", type: "T", position: [0, 0] as [number, number] },
    { id: "b", type: "T", position: [200, 0] as [number, number] },
  ],
  connections: [{ source: "a", output: "result.data", target: "b", input: "rows" }],
}

describe("from graph to canvas", () => {
  it("keeps the nodes that did not change, so that only the others are drawn", () => {
    const mapper = new FlowMapper()
    const before = mapper.nodes(graph, new Map(), NO_SELECTION)
    const moved = {
      ...graph,
      nodes: [graph.nodes[0]!, { ...graph.nodes[1]!, position: [300, 0] as [number, number] }],
    }
    const after = mapper.nodes(moved, new Map(), NO_SELECTION)
    expect(after[0]).toBe(before[0])
    expect(after[1]).not.toBe(before[1])
    expect(after[1]?.position).toEqual({ x: 300, y: 0 })
  })

  it("makes a node anew when it is selected, and its wire's ports when it is wired", () => {
    const mapper = new FlowMapper()
    const [plain] = mapper.nodes({ ...graph, connections: [] }, new Map(), NO_SELECTION)
    const [chosen] = mapper.nodes(graph, new Map(), { nodes: new Set(["a"]), connections: new Set() })
    expect(chosen).not.toBe(plain)
    expect(chosen?.selected).toBe(true)
  })

  it("ends wires at ports, not at paths, and leaves out wires to nowhere", () => {
    const lost = { source: "a", output: "result", target: "gone", input: "x" }
    const edges = new FlowMapper().edges(
      { ...graph, connections: [...graph.connections, lost] },
      NO_SELECTION,
    )
    expect(edges).toHaveLength(1)
    expect(edges[0]).toMatchObject({ sourceHandle: "result", targetHandle: "rows" })
  })

  it("tells handles for every port, also where nothing is mounted to measure", () => {
    const [a, b] = new FlowMapper().nodes(graph, new Map(), NO_SELECTION)
    expect(a?.handles?.map((handle) => handle.id)).toEqual(["result", "should_run", ERROR_HANDLE])
    expect(b?.handles?.map((handle) => handle.id)).toContain("rows")
  })
})

describe("from canvas to graph", () => {
  it("makes an error connection from the error port", () => {
    expect(connectionFrom("a", ERROR_HANDLE, "b", "x")).toMatchObject({ output: "error", kind: "error" })
    expect(connectionFrom("a", "error", "b", "x")).toMatchObject({ output: "error", kind: "data" })
  })

  it("gives data and error connections between the same ends different ids", () => {
    const ends = { source: "a", output: "error", target: "b", input: "x" }
    expect(connectionId({ ...ends, kind: "data" })).not.toBe(connectionId({ ...ends, kind: "error" }))
  })

  it("calls a step by its label, else by its id in words", () => {
    expect(titleOf({ id: "clean_rows", type: "T" })).toBe("Clean rows")
    const http = { label: "HTTP request" } as NodeType
    expect(titleOf({ id: "http_request_2", type: "T" }, http)).toBe("HTTP request 2")
    expect(titleOf({ id: "other", type: "T" }, http)).toBe("Other")
    expect(titleOf({ id: "x", type: "T", label: " Bureau report " })).toBe("Bureau report")
  })
})

describe("a frame on the canvas", () => {
  const port = (name: string) => ({ name, type: "any" as const, label: "", required: false, multiple: false })
  const MAP = {
    type: "MapNode",
    label: "Map",
    container: "map",
    inputs: [port("items")],
    outputs: [port("result"), port("errors")],
    inner_outputs: [port("item"), port("index")],
    inner_inputs: [port("value")],
    accepts_any_input: true,
    dynamic: { inputs: null, prompts: [], outputs: null },
  } as unknown as NodeType
  const at = (x: number, y: number) => [x, y] as [number, number]
  const framed = {
    nodes: [
      { id: "map", type: "MapNode", position: at(0, 0), options: { pin: null } },
      { id: "score", type: "T", position: at(400, 200), parent: "map", options: { pin: { result: 1 } } },
      { id: "after", type: "T", position: at(900, 0) },
    ],
    connections: [
      { source: "map", output: "item.id", target: "score", input: "x" },
      { source: "score", output: "result", target: "map", input: "value" },
      { source: "map", output: "result", target: "after", input: "x" },
      { source: "score", output: "result", target: "after", input: "y" },
    ],
  }
  const types = new Map([["MapNode", MAP]])

  it("lies around its steps and below them, with its inner ports as ends of wires", () => {
    const mapper = new FlowMapper()
    const [map, score] = mapper.nodes(framed, types, NO_SELECTION)
    expect(map).toMatchObject({ type: "frame", dragHandle: ".frame-head" })
    expect(map!.zIndex).toBeLessThan(score!.zIndex!)
    expect(map!.position.x).toBeLessThan(400)
    const ends = mapper.edges(framed, NO_SELECTION).map((edge) => [edge.sourceHandle, edge.targetHandle])
    expect(ends).toEqual([
      ["~item", "x"],
      ["result", "~value"],
      ["result", "x"],
      ["result", "y"],
    ])
    const handles = map?.handles?.map((handle) => `${handle.type} ${handle.id}`)
    expect(handles).toEqual(
      expect.arrayContaining(["source ~item", "target ~value", "source result", "target items"]),
    )
  })

  it("tells a connection that crosses it from the others, and marks what is pinned", () => {
    const mapper = new FlowMapper()
    const nodes = mapper.nodes(framed, types, NO_SELECTION)
    expect(mapper.edges(framed, NO_SELECTION).map((edge) => edge.data?.place)).toEqual([
      "entry",
      "exit",
      "beside",
      "across",
    ])
    expect(nodes[1]?.data.badges.map((badge) => badge.kind)).toEqual(["pin"])
  })

  it("makes plain connections from its inner ports", () => {
    expect(connectionFrom("map", "~item", "score", "x")).toEqual({
      ...framed.connections[0],
      output: "item",
      kind: "data",
    })
    expect(connectionFrom("score", "result", "map", "~value").input).toBe("value")
  })

  it("is made anew only when it or its box has changed", () => {
    const mapper = new FlowMapper()
    const [map] = mapper.nodes(framed, types, NO_SELECTION)
    const elsewhere = {
      ...framed,
      nodes: framed.nodes.map((node) => (node.id === "after" ? { ...node, label: "x" } : node)),
    }
    expect(mapper.nodes(elsewhere, types, NO_SELECTION)[0]).toBe(map)
    const moved = {
      ...framed,
      nodes: framed.nodes.map((node) => (node.id === "score" ? { ...node, position: at(440, 200) } : node)),
    }
    expect(mapper.nodes(moved, types, NO_SELECTION)[0]?.position.x).toBe(map!.position.x + 40)
    const held = new Map([["map", { x: 1, y: 2, width: 500, height: 400 }]])
    expect(mapper.nodes(moved, types, NO_SELECTION, {}, held)[0]).toMatchObject({
      position: { x: 1, y: 2 },
      width: 500,
    })
  })
})
