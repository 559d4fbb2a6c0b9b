import { expect, it } from "vitest"

import { attemptBeside, linesOf, unfolded } from "./layout"

const GRAPH = {
  nodes: [
    { id: "load", type: "WaitNode" },
    { id: "each", type: "MapNode" },
    { id: "score", type: "WaitNode", parent: "each" },
    { id: "end", type: "WaitNode" },
  ],
  connections: [
    { source: "load", output: "result", target: "each", input: "items" },
    { source: "each", output: "results", target: "end", input: "value" },
  ],
}

it("has a row for each node, and one deeper for what lies inside a frame", () => {
  expect(linesOf(GRAPH)).toEqual([
    { id: "load", depth: 0, holds: false },
    { id: "each", depth: 0, holds: true },
    { id: "score", depth: 1, holds: false },
    { id: "end", depth: 0, holds: false },
  ])
})

it("leaves out what lies inside a folded frame", () => {
  const shown = unfolded(linesOf(GRAPH), new Set(["each"]))

  expect(shown.map((line) => line.id)).toEqual(["load", "each", "end"])
})

it("goes from attempt to attempt and stays at the ends", () => {
  const attempts = [{ attempt: 1 }, { attempt: 2 }, { attempt: 3 }]

  expect(attemptBeside(attempts, null, -1)).toBe(2)
  expect(attemptBeside(attempts, 1, -1)).toBe(1)
  expect(attemptBeside(attempts, 2, 1)).toBe(3)
  expect(attemptBeside([], null, 1)).toBeNull()
})
