import { describe, expect, it } from "vitest"

import { expiryOf, passwordProblem, scopeGroups, scopesText } from "./scopes"

describe("the rights a token may have", () => {
  it("are grouped by what they are about, in a fixed order", () => {
    const groups = scopeGroups([
      "run.view",
      "workflow.edit",
      "run.data",
      "zeta.view",
      "workflow.run",
      "account.view",
    ])

    expect(groups.map((group) => group.label)).toEqual(["Workflows", "Runs", "zeta"])
    expect(groups[1]?.scopes).toEqual([
      { value: "run.view", label: "view" },
      { value: "run.data", label: "see inputs, outputs and logs" },
    ])
  })

  it("are counted in the list", () => {
    expect(scopesText([])).toBe("no rights")
    expect(scopesText(["run.view"])).toBe("run.view")
    expect(scopesText(["a", "b"])).toBe("2 rights")
  })
})

describe("the end of a token", () => {
  const now = new Date("2026-11-23T10:00:00Z")

  it.each([
    [null, "none"],
    ["2026-11-23T09:59:59Z", "past"],
    ["2026-11-29T10:00:00Z", "soon"],
    ["2027-02-01T10:00:00Z", "later"],
  ])("%s is %s", (at, expected) => {
    expect(expiryOf(at, now)).toBe(expected)
  })
})

describe("a new password", () => {
  it("is long enough and typed twice alike", () => {
    expect(passwordProblem("short", "short")).toMatch(/characters or more/)
    expect(passwordProblem("long enough 1", "long enough 2")).toMatch(/differ/)
    expect(passwordProblem("long enough 1", "long enough 1")).toBeNull()
  })
})
