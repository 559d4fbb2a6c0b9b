import { expect, it } from "vitest"
import type { GraphDocument } from "../api/types"
import { framesAround, nodesOf, pathTitle, placeOf } from "./paths"

const GRAPH: GraphDocument = {
  nodes: [
    { id: "each", type: "MapNode", label: "Each applicant" },
    { id: "grow", type: "LoopNode", parent: "each" },
    { id: "double", type: "PythonCodeNode", label: "Double", parent: "grow" },
    { id: "score", type: "SubWorkflowNode", parent: "each" },
    { id: "7", type: "PythonCodeNode", label: "Seven" },
  ],
  connections: [],
}
const NODES = nodesOf(GRAPH)

it("names a step by its title and its iterations", () => {
  expect(pathTitle("each/2/grow/4/double", NODES)).toBe("Double (2, 4)")
  expect(pathTitle("each/2", NODES)).toBe("Each applicant (2)")
  expect(pathTitle("7", NODES)).toBe("Seven")
  expect(pathTitle("each/2/score/inner", NODES)).toBe("inner (2)")
})

it("leads to a step through its iterations", () => {
  expect(placeOf("each/2/grow/4/double", "", NODES)).toEqual({
    iterations: [
      ["each", 2],
      ["grow", 4],
    ],
    node: "double",
    sub: null,
  })
})

it("leads to an iteration as its frame", () => {
  expect(placeOf("each/2", "", NODES)).toEqual({ iterations: [["each", 2]], node: "each", sub: null })
})

it("stops at a sub-workflow, whose graph is another", () => {
  expect(placeOf("each/2/score/inner", "", NODES)).toEqual({
    iterations: [["each", 2]],
    node: "score",
    sub: "each/2/score",
  })
})

it("goes on inside the sub-workflow", () => {
  const inside = nodesOf({ nodes: [{ id: "inner", type: "PythonCodeNode" }], connections: [] })

  expect(placeOf("each/2/score/inner", "each/2/score", inside)?.node).toBe("inner")
  expect(placeOf("each/3/score/inner", "each/2/score", inside)).toBeNull()
})

it("knows no way to a step that is not there", () => {
  expect(placeOf("gone", "", NODES)).toBeNull()
  expect(placeOf("each/x/double", "", NODES)).toBeNull()
})

it("lists the frames around a step from the outside", () => {
  expect(framesAround("double", NODES).map((frame) => frame.id)).toEqual(["each", "grow"])
  expect(framesAround("each", NODES)).toEqual([])
})
