import { describe, expect, it } from "vitest"
import type { JudgedCondition, JudgedPolicy } from "../types"
import { policiesOf, rowsOf } from "./why"

const leaf = (
  path: string,
  verdict: boolean | "unknown",
  more: Partial<JudgedCondition> = {},
): JudgedCondition => ({
  operator: "equals",
  label: "is",
  attribute_path: path,
  value: "UK",
  actual: "US",
  verdict,
  ...more,
})
const group = (operator: string, verdict: boolean | "unknown", ...conditions: JudgedCondition[]) => ({
  operator,
  verdict,
  conditions,
})
const policy = (condition: JudgedCondition | null, more: Partial<JudgedPolicy> = {}): JudgedPolicy => ({
  key: "k",
  label: "K",
  effect: "deny",
  status: "active",
  names_resource: true,
  verdict: condition?.verdict ?? true,
  decides: true,
  condition,
  ...more,
})

describe("why", () => {
  it("has a row for each part, with what it met", () => {
    const rows = rowsOf(policy(group("and", true, leaf("user.region", true), leaf("user.team", true))))
    expect(rows.map(({ depth, title, path, met }) => [depth, title, path, met])).toEqual([
      [1, "All of", null, ""],
      [2, "is UK", "user.region", "is US"],
      [2, "is UK", "user.team", "is US"],
    ])
  })

  it("marks the comparison that decides", () => {
    const any = group("or", true, leaf("user.a", false), leaf("user.b", true))
    const rows = rowsOf(policy(group("and", true, leaf("user.c", true), any)))
    expect(rows.filter((row) => row.decides).map((row) => row.path)).toEqual(["user.b"])
  })

  it("marks none of a policy that does not decide", () => {
    const rows = rowsOf(policy(leaf("user.a", false), { decides: false }))
    expect(rows.some((row) => row.decides)).toBe(false)
  })

  it("says what is missing", () => {
    const [row] = rowsOf(policy(leaf("user.timezone", "unknown", { actual: null })))
    expect(row).toMatchObject({ met: "user.timezone is missing", isMissing: true, verdict: "unknown" })
    const [other] = rowsOf(
      policy(leaf("user.region", "unknown", { value_path: "resource.region", expected: null })),
    )
    expect(other?.met).toBe("resource.region is missing")
    const [absent] = rowsOf(policy(leaf("user.region", true, { operator: "not_exists", actual: null })))
    expect(absent).toMatchObject({ met: "is not set", isMissing: false })
  })

  it("says times briefly", () => {
    const [row] = rowsOf(
      policy(
        leaf("env.at", true, {
          operator: "time_between",
          label: "is between",
          value: ["07:00:00", "20:00:00"],
          actual: "2026-11-23T21:30:00+00:00",
        }),
      ),
    )
    expect([row?.title, row?.met]).toEqual(["is between 07:00 and 20:00", "is 2026-11-23 21:30"])
  })

  it("shows the policies that count, the deciding ones first", () => {
    const explanation = {
      allowed: false,
      rule: "",
      reason: "",
      missing: [],
      steps: [],
      policies: [
        policy(leaf("user.a", true), { key: "allows", effect: "allow", decides: false }),
        policy(leaf("user.a", true), { key: "denies" }),
        policy(leaf("user.a", "unknown"), { key: "unsure-deny", decides: false }),
        policy(leaf("user.a", "unknown"), { key: "unsure-allow", effect: "allow", decides: false }),
        policy(leaf("user.a", true), { key: "elsewhere", names_resource: false, decides: false }),
      ],
    }
    const { shown, others } = policiesOf(explanation)
    expect(shown.map(({ key }) => key)).toEqual(["denies", "allows", "unsure-deny"])
    expect(others.map(({ key }) => key)).toEqual(["unsure-allow", "elsewhere"])
  })
})
