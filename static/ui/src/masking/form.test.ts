import { describe, expect, it } from "vitest"
import { documentOf, formOf, lackOf, NEW_RULE, rangesOf, suggestedForm } from "./form"
import type { Mask } from "./types"

const kept = (changes: Partial<Mask>): Mask =>
  ({
    key: "k",
    label: "L",
    field: "ssn",
    resource_type: "*",
    resources: ["*"],
    mask_type: "redact",
    options: {},
    condition: null,
    status: "active",
    ...changes,
  }) as Mask

describe("a masking rule", () => {
  it("comes back from the form as it is kept", () => {
    const below = { attribute_path: "user.clearance", operator: "security_level_below", value: "secret" }
    const others = { not: { attribute_path: "user.roles", operator: "contains_any", value: ["owner"] } }
    const odd = { attribute_path: "data.region", operator: "equals", value: "uk" }
    for (const rule of [
      kept({ mask_type: "partial", options: { visible_chars: 2 } }),
      kept({ mask_type: "range", options: { ranges: ["< £1,000", ">= £1,000"] }, condition: below }),
      kept({ mask_type: "round", options: { to: 500 }, condition: others, resources: ["payroll"] }),
      kept({ mask_type: "date_truncate", options: { unit: "year" }, condition: odd, resource_type: "node" }),
      kept({ mask_type: "replace", options: { value: "x" } }),
    ]) {
      const { key, label, field, mask_type, options, resource_type, resources, condition } = rule
      const want = { key, label, field, mask_type, options, resource_type, resources, condition }
      expect(documentOf(formOf(rule))).toEqual(want)
    }
  })

  it("says who sees the value where that is a level or roles", () => {
    const below = {
      attribute_path: "user.attributes.clearance",
      operator: "security_level_below",
      value: "secret",
    }
    expect(formOf(kept({ condition: below }))).toMatchObject({ who: "cleared", level: "secret" })
    expect(formOf(kept({ condition: { or: [below] } })).who).toBe("condition")
    expect(formOf(kept({})).who).toBe("nobody")
  })

  it("takes its key from its name, and says what is missing", () => {
    expect(documentOf({ ...NEW_RULE, label: "Income bands", field: "income" }).key).toBe("income-bands")
    expect(lackOf(NEW_RULE)).toContain("field")
    expect(lackOf({ ...NEW_RULE, field: "a", who: "condition", condition: "{" })).toContain("JSON")
    expect(lackOf({ ...NEW_RULE, field: "a", who: "roles" })).toContain("role")
    expect(lackOf({ ...NEW_RULE, field: "a" })).toBeNull()
  })

  it("keeps thousands together in ranges", () => {
    expect(rangesOf("< 1,000, 1,000-2,000, >= 2,000")).toEqual(["< 1,000", "1,000-2,000", ">= 2,000"])
  })

  it("is suggested for the field's own name, as a draft", () => {
    expect(suggestedForm("result.people[*].iban", "iban")).toMatchObject({
      field: "iban",
      type: "partial",
      status: "draft",
    })
  })
})
