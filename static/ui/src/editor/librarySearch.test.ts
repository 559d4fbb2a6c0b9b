import { expect, it } from "vitest"
import type { NodeType } from "../api/types"
import { groupTypes, matching } from "./librarySearch"

const type = (name: string, label: string, category: NodeType["category"], description = ""): NodeType => ({
  type: name,
  label,
  category,
  description,
  version: 1,
  icon: "",
  effect: "pure",
  parameters_schema: {},
  inputs: [],
  outputs: [],
  accepts_any_input: false,
  container: null,
  inner_inputs: [],
  inner_outputs: [],
  run_settable: [],
  dynamic: { inputs: null, prompts: [], outputs: null },
})

const TYPES = [
  type("SwitchNode", "Switch", "flow", "Sends records one way or another"),
  type("DatasetReadNode", "Read dataset", "data"),
  type("DatasetWriteNode", "Write dataset", "data"),
  type("HTTPRequestNode", "HTTP request", "action"),
]
const found = (search: string) => matching(TYPES, search).map((item) => item.label)

it("finds by the beginning of any word, and by what people call it", () => {
  expect(found("da")).toEqual(["Read dataset", "Write dataset"])
  expect(found("if")).toEqual(["Switch"])
  expect(found("API")).toEqual(["HTTP request"])
  expect(found("csv read")).toEqual(["Read dataset"])
  expect(found("zzz")).toEqual([])
})

it("puts names before descriptions", () => {
  expect(found("re")[0]).toBe("Read dataset")
})

it("groups in the order of the library, empty groups left out", () => {
  expect(groupTypes(TYPES).map((group) => group.label)).toEqual(["Flow", "Data", "Actions"])
})
