import { expect, it } from "vitest"
import { labelAt, problemWords } from "./problemWords"

const ROOT = {
  properties: {
    dataset: { title: "Dataset" },
    cases: { items: { $ref: "#/$defs/Case" } },
  },
  $defs: { Case: { properties: { when: { title: "When" } } } },
}

it("names a missing field as its form does", () => {
  const missing = (field: string) => problemWords({ code: "missing_parameter", message: "raw", field }, ROOT)
  expect(missing("config.dataset")).toBe("Dataset is required")
  expect(missing("config.cases.1.when")).toBe("When is required")
  expect(missing("config.some_thing")).toBe("Some thing is required")
})

it("leaves other problems as they are", () => {
  expect(problemWords({ code: "cycle", message: "a circle", field: null }, ROOT)).toBe("a circle")
  expect(labelAt(undefined, ["a_b"])).toBe("A b")
})
