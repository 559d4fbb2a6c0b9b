import { describe, expect, it } from "vitest"
import { newComparison, type Comparison } from "./condition"
import { SOME_WORDS as words } from "./someWords"
import { localOf, momentFrom, numberOr, refit, shapeOf, withEnd } from "./values"
import { comparablePaths, firstOperator, operatorsFor } from "./vocabulary"

const comparison = (path: string, operator: string, value?: unknown): Comparison => ({
  ...newComparison(path, operator),
  value,
})

describe("the field for a value", () => {
  it.each([
    ["user.region", "equals", { is: "choice", choices: ["UK", "IE", "US"] }],
    ["user.region", "not_in", { is: "list", of: "text", choices: ["UK", "IE", "US"] }],
    ["user.clearance", "equals", { is: "level" }],
    ["user.clearance", "not_in", { is: "list", of: "text", choices: ["internal", "secret"] }],
    ["user.seniority", "between", { is: "pair", of: "number" }],
    ["user.seniority", "not_in", { is: "list", of: "number", choices: [] }],
    ["user.is_active", "equals", { is: "truth" }],
    ["env.at", "between", { is: "pair", of: "moment" }],
    ["env.at", "greater_than", { is: "moment" }],
    ["env.at", "time_between", { is: "pair", of: "time" }],
    ["user.region", "exists", { is: "none" }],
    ["resource.unheard", "equals", { is: "text" }],
  ])("%s %s", (path, operator, expected) => {
    expect(shapeOf(words, comparison(path, operator))).toEqual(expected)
  })
})

describe("operators", () => {
  const offered = (path: string) => operatorsFor(words, path).map((one) => one.name)

  it("are those for the kind of the attribute", () => {
    expect(offered("user.is_active")).toEqual(["equals", "exists"])
    expect(offered("resource.tags")).toEqual(["contains_any", "exists"])
    expect(offered("env.at")).toContain("time_between")
    expect(offered("user.id")).toContain("is_owner")
    expect(offered("user.region")).not.toContain("is_owner")
    expect(offered("user.region")).not.toContain("ip_in")
  })

  it("are all of them for an attribute that nobody knows", () => {
    expect(offered("user.unheard")).toHaveLength(words.operators.length)
  })

  it("begin with the usual one", () => {
    expect(firstOperator(words, "user.clearance")).toBe("security_level_meets")
    expect(firstOperator(words, "env.ip")).toBe("ip_in")
    expect(firstOperator(words, "resource.tags")).toBe("contains_any")
    expect(firstOperator(words, "user.region")).toBe("equals")
  })

  it("compare no two attributes of a thing, and only what is of one kind", () => {
    const paths = (path: string) => comparablePaths(words, path).map((one) => one.path)
    expect(paths("resource.region")).toContain("user.region")
    expect(paths("resource.region")).not.toContain("resource.classification")
    expect(paths("user.clearance")).toEqual(["resource.classification"])
  })
})

describe("what is typed", () => {
  it("is a number where it can be read as one", () => {
    expect(numberOr("12.5")).toBe(12.5)
    expect(numberOr(" ")).toBeUndefined()
    expect(numberOr("many")).toBe("many")
  })

  it("is a time in UTC", () => {
    expect(momentFrom("2026-01-31T09:00")).toBe("2026-01-31T09:00:00Z")
    expect(localOf("2026-01-31T09:00:00Z")).toBe("2026-01-31T09:00")
    expect(localOf("soon")).toBe("")
    expect(momentFrom("")).toBeUndefined()
  })

  it("fills one end of a pair after the other", () => {
    expect(withEnd(undefined, 0, "09:00")).toEqual(["09:00", ""])
    expect(withEnd(["09:00", ""], 1, "17:00")).toEqual(["09:00", "17:00"])
    expect(withEnd(["09:00", ""], 0, undefined)).toBeUndefined()
  })
})

describe("another operator", () => {
  const refitted = (value: unknown, from: string, to: string) =>
    refit(words, comparison("user.region", from, value), comparison("user.region", to, value)).value

  it("keeps a value that fits it too", () => {
    expect(refitted("UK", "equals", "not_in")).toEqual(["UK"])
    expect(refitted(["UK", "IE"], "not_in", "equals")).toBe("UK")
    expect(refitted("UK", "equals", "exists")).toBeUndefined()
  })

  it("keeps the other attribute only where one can be compared with", () => {
    const before = { ...comparison("user.seniority", "greater_than"), valuePath: "env.hour" }
    expect(refit(words, before, { ...before, operator: "between" }).valuePath).toBeNull()
    expect(refit(words, before, { ...before, operator: "equals" }).valuePath).toBe("env.hour")
  })
})
