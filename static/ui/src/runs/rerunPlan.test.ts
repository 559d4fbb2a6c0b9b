import { describe, expect, it } from "vitest"

import type { Status } from "../shared/status"
import { planRerun } from "./rerunPlan"

const wire = (source: string, target: string) => ({ source, output: "result", target, input: "value" })
const GRAPH = {
  nodes: [
    { id: "read", type: "DatasetReadNode" },
    { id: "clean", type: "PythonCodeNode", config: { code: "result = 1", more: 2 } },
    { id: "send", type: "PythonCodeNode", config: { code: "result = 2" } },
    { id: "log", type: "PythonCodeNode" },
  ],
  connections: [wire("read", "clean"), wire("clean", "send"), wire("read", "log")],
}
const ENDS: Record<string, Status> = {
  read: "succeeded",
  clean: "succeeded",
  send: "failed",
  log: "succeeded",
}
const statusOf = (id: string) => ENDS[id]
const asked = { before: GRAPH, after: GRAPH, statusOf }
const withCode = (code: string) => ({
  ...GRAPH,
  nodes: GRAPH.nodes.map((node) => (node.id === "clean" ? { ...node, config: { more: 2, code } } : node)),
})

describe("what a re-run takes over and runs again", () => {
  it("is everything again from the start", () => {
    expect(planRerun({ ...asked, mode: "full", node: null })).toEqual({
      again: ["read", "clean", "log", "send"],
      copied: [],
      missing: [],
    })
  })

  it("keeps what succeeded when it goes on from what failed", () => {
    expect(planRerun({ ...asked, mode: "failed", node: null })).toEqual({
      again: ["send"],
      copied: ["read", "clean", "log"],
      missing: [],
    })
  })

  it("takes from a node on only what stands right before it", () => {
    expect(planRerun({ ...asked, mode: "from_node", node: "clean" })).toEqual({
      again: ["clean", "send"],
      copied: ["read"],
      missing: [],
    })
  })

  it("is one node alone, or all up to it", () => {
    expect(planRerun({ ...asked, mode: "single", node: "send" })).toMatchObject({
      again: ["send"],
      copied: ["clean"],
    })
    expect(planRerun({ ...asked, mode: "to_node", node: "send" })).toMatchObject({
      again: ["read", "clean", "send"],
      copied: [],
    })
  })

  it("takes over nothing of a node that works differently in the other version", () => {
    const after = withCode("result = 9")

    expect(planRerun({ ...asked, after, mode: "single", node: "send" })).toMatchObject({
      copied: [],
      missing: ["clean"],
    })
    expect(planRerun({ ...asked, after, mode: "failed", node: null }).again).toEqual(["clean", "send"])
  })

  it("takes an order of keys or a place on the canvas for no difference", () => {
    expect(
      planRerun({ ...asked, after: withCode("result = 1"), mode: "failed", node: null }).copied,
    ).toContain("clean")
  })

  it("misses the result of a node that never ended", () => {
    const plan = planRerun({ ...asked, mode: "single", node: "send", statusOf: () => undefined })

    expect(plan.missing).toEqual(["clean"])
  })
})
