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
