import { describe, expect, it } from "vitest"
import { clipOf, clipText, parseClip } from "./clipboard"

const graph = {
  nodes: [
    { id: "a", type: "T", position: [8, 8] as [number, number], config: { code: "x" }, label: "A" },
    { id: "b", type: "T" },
  ],
  connections: [{ source: "a", output: "result", target: "b", input: "x", kind: "data" as const }],
}

describe("steps on the clipboard", () => {
  it("come back as they went", () => {
    const parsed = parseClip(clipText(clipOf(graph, new Set(["a", "b"]))))
    expect("clip" in parsed && parsed.clip.connections).toEqual(graph.connections)
    expect("clip" in parsed && parsed.clip.nodes[0]).toMatchObject(graph.nodes[0]!)
  })

  it("leave out wires to steps that were not chosen", () => {
    expect(clipOf(graph, new Set(["a"])).connections).toEqual([])
  })

  it("may be a whole exported workflow", () => {
    expect("clip" in parseClip(JSON.stringify({ name: "W", graph }))).toBe(true)
  })

  it.each([
    ["", "no steps"],
    ["hello", "no steps"],
    ["[]", "not a workflow"],
    ["null", "not a workflow"],
    ['{"nodes": 3}', "no list"],
    ['{"nodes": []}', "no steps"],
    ['{"nodes": [{"id": 5, "type": "T"}]}', "Step 1"],
    ['{"nodes": [{"id": "a", "type": "T"}, null]}', "Step 2"],
  ])("says what is wrong with %s", (text, words) => {
    const parsed = parseClip(text)
    expect("error" in parsed && parsed.error).toContain(words)
  })

  it("drops broken wires and broken positions and keeps the steps", () => {
    const text = JSON.stringify({
      nodes: [{ id: "a", type: "T", position: ["x", null], config: 7 }],
      connections: [null, { source: "a" }, 4],
    })
    const parsed = parseClip(text)
    expect("clip" in parsed && parsed.clip).toEqual({
      nodes: [{ id: "a", type: "T", position: undefined, config: {}, label: "" }],
      connections: [],
    })
  })

  it("refuses more than 10 MB without reading it", () => {
    const parsed = parseClip("x".repeat(10 * 1024 * 1024 + 1))
    expect("error" in parsed && parsed.error).toContain("10 MB")
  })
})
