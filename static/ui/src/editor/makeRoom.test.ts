import { expect, it } from "vitest"
import { parentsOf } from "../canvas/scopes"
import { givingWay } from "./makeRoom"

const rect = (x: number, y: number, width = 156, height = 72) => ({ x, y, width, height })
const parents = parentsOf(
  ["loop", "right", "far", "below", "above"]
    .map((id) => ({ id, type: "T" }))
    .concat([{ id: "inside", type: "T", parent: "loop" } as { id: string; type: string }]),
)
const before = new Map([
  ["loop", rect(0, 0, 400, 200)],
  ["right", rect(440, 40)],
  ["far", rect(800, 40)],
  ["below", rect(0, 240)],
  ["above", rect(440, -300)],
  ["inside", rect(120, 80)],
])

it("moves what a frame has grown over, and what stands behind it", () => {
  const after = new Map(before).set("loop", rect(0, 0, 600, 200))
  expect([...givingWay("loop", before, after, parents)]).toEqual([
    ["right", [184, 0]],
    ["far", [184, 0]],
    ["above", [184, 0]],
  ])
})

it("moves what stands below downward", () => {
  const after = new Map(before).set("loop", rect(0, 0, 400, 300))
  expect([...givingWay("loop", before, after, parents)]).toEqual([["below", [0, 84]]])
})

it("moves nothing while there is room, or where a step lay on the frame already", () => {
  expect(givingWay("loop", before, new Map(before).set("loop", rect(0, 0, 430, 230)), parents).size).toBe(0)
  const covered = new Map(before).set("right", rect(380, 40))
  expect(givingWay("loop", covered, new Map(covered).set("loop", rect(0, 0, 430, 200)), parents).size).toBe(0)
})
