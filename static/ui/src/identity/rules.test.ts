import { describe, expect, it } from "vitest"
import { fromMapping, lackIn, literal, toMapping } from "./rules"

describe("the rules of a mapping", () => {
  it("come back as they went", () => {
    const mapping = [
      { claim: "groups", contains: "makers", role: "editor" },
      { claim: "staff", equals: true, role: "viewer" },
      { claim: "level", equals: 3, role: "viewer" },
      { claim: "dept", equals: "it", role: "viewer" },
      { claim: "clearance", attribute: "clearance" },
    ]

    expect(toMapping(fromMapping(mapping))).toEqual(mapping)
  })

  it("take numbers and yes or no for what they are", () => {
    expect(["true", "7", "007", "7.5", "yes"].map(literal)).toEqual([true, 7, "007", "7.5", "yes"])
  })

  it("say which is not complete", () => {
    expect(lackIn([])).toBeNull()
    expect(lackIn([{ claim: "a", way: "attribute", value: "", target: "b" }])).toBeNull()
    expect(lackIn([{ claim: "a", way: "equals", value: "", target: "b" }])).toBe("Rule 1 is not complete.")
  })
})
