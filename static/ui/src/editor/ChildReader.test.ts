import { expect, it, vi } from "vitest"
import type { NodeType } from "../api/types"
import { ChildReader } from "./ChildReader"

const types = new Map([["SubWorkflowNode", { container: "sub" } as NodeType]])
const sub = (id: string, config: Record<string, unknown>) => ({ id, type: "SubWorkflowNode", config })
const graph = (...nodes: ReturnType<typeof sub>[]) => ({ nodes, connections: [] })

it("asks for each workflow and version once, and tells every step that runs it", async () => {
  const told = vi.fn()
  const read = vi.fn().mockResolvedValue(["region"])
  const reader = new ChildReader(told, read)
  reader.readAll(graph(sub("a", { workflow: "w" }), sub("b", { workflow: "w" }), sub("c", {})), types)
  reader.readAll(graph(sub("a", { workflow: "w" }), sub("b", { workflow: "w", version: 3 })), types)
  await vi.waitFor(() => expect(told).toHaveBeenCalledWith("b", ["region"]))
  expect(read.mock.calls).toEqual([
    ["w", "latest"],
    ["w", "3"],
  ])
  expect(told).toHaveBeenCalledWith("a", ["region"])
  expect(told).toHaveBeenCalledWith("c", [])
})

it("asks again after it could not be read", async () => {
  const read = vi.fn().mockRejectedValueOnce(new Error("offline")).mockResolvedValue([])
  const reader = new ChildReader(() => undefined, read)
  reader.readAll(graph(sub("a", { workflow: "w" })), types)
  await vi.waitFor(() => {
    reader.readAll(graph(sub("a", { workflow: "w" })), types)
    expect(read).toHaveBeenCalledTimes(2)
  })
})
