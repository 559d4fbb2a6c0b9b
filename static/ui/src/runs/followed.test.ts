import { describe, expect, it } from "vitest"

import type { GraphDocument } from "../api/types"
import type { NodeState } from "../shared/live/statusStore"
import { newestRunning, nextFollowed, nodeToShow } from "./followed"

const GRAPH: GraphDocument = {
  nodes: ["c", "a", "b"].map((id) => ({ id, type: "TransformNode" })),
  connections: [
    { source: "a", output: "result", target: "b", input: "data" },
    { source: "b", output: "result", target: "c", input: "data" },
  ],
}
const state = (status: string, started_at: string | null, finished_at: string | null = null) =>
  ({ status, started_at, finished_at }) as NodeState

const among = (states: Record<string, NodeState>) => (id: string) => states[id]

describe("the node to look at", () => {
  it("is the one that started last while the run goes on", () => {
    const states = {
      a: state("running", "10:00:01"),
      b: state("running", "10:00:02"),
      c: state("succeeded", "10:00:03"),
    }

    expect(newestRunning(GRAPH, among(states))).toBe("b")
    expect(newestRunning(GRAPH, among({}))).toBeNull()
  })

  it("stays the same while it is at work", () => {
    const states = { a: state("running", "10:00:01"), b: state("running", "10:00:02") }

    expect(nextFollowed(GRAPH, among(states), "a")).toBe("a")
    expect(nextFollowed(GRAPH, among({ ...states, a: state("succeeded", "10:00:01") }), "a")).toBe("b")
  })

  it("is the first failure of a run that is over", () => {
    const states = {
      a: state("failed", "1", "10:00:05"),
      b: state("failed", "1", "10:00:02"),
      c: state("succeeded", "1", "10:00:09"),
    }

    expect(nodeToShow(GRAPH, among(states))).toBe("b")
  })

  it("is where a run was cancelled", () => {
    expect(
      nodeToShow(GRAPH, among({ a: state("succeeded", "1", "2"), b: state("cancelled", "1", "3") })),
    ).toBe("b")
  })

  it("is else the last result", () => {
    const states = { a: state("succeeded", "1", "10:00:05"), c: state("succeeded", "1", "10:00:09") }

    expect(nodeToShow(GRAPH, among(states))).toBe("c")
  })
})
