import { expect, it } from "vitest"

import type { StepNode } from "../canvas/flow"
import { laneOf } from "./lane"

const step = (id: string, x: number, y: number): StepNode =>
  ({
    id,
    type: "step",
    position: { x, y },
    width: 156,
    height: 72,
    data: { layout: { inputs: [] } },
  }) as unknown as StepNode

const nodes = [
  { id: "first", type: "PythonCodeNode" },
  { id: "other", type: "PythonCodeNode" },
  { id: "second", type: "PythonCodeNode" },
]
const connections = [
  { source: "first", output: "result", target: "second", input: "data", kind: "data" as const },
]
const steps = [step("first", 300, 100), step("other", 320, 300), step("second", 600, 100)]

it("stands left of all steps, in the middle of those that a run begins with", () => {
  const lane = laneOf(["a", "b"], { nodes, connections }, steps)!

  expect(lane.ends).toEqual([
    { x: 300, y: 136 },
    { x: 320, y: 336 },
  ])
  expect([...lane.cards.values()]).toEqual([
    { x: 48, y: 152 },
    { x: 48, y: 248 },
  ])
  expect(lane.bounds).toEqual({ x: 48, y: 152, width: 156, height: 168 })
})

it("stands alone on an empty canvas, and not at all without a trigger", () => {
  expect(laneOf(["a"], { nodes: [], connections: [] }, [])?.cards.get("a")).toEqual({ x: 0, y: 0 })
  expect(laneOf([], { nodes, connections }, steps)).toBeNull()
})

it("draws no wires where they would be a tangle", () => {
  const many = Array.from({ length: 30 }, (_, at) => ({ id: `n${at}`, type: "PythonCodeNode" }))
  const placed = many.map(({ id }, at) => step(id, 0, at * 96))

  expect(laneOf(["a"], { nodes: many, connections: [] }, placed)?.ends).toEqual([])
})
