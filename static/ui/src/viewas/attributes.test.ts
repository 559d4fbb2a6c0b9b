import { describe, expect, it } from "vitest"
import { attributesOf } from "./attributes"
import type { Attribute } from "./types"

const kind = (name: string, of: Attribute["kind"]) => ({ name, label: name, kind: of }) as Attribute

describe("stated attributes", () => {
  it("are of their kind, and missing where nothing is typed", () => {
    const kinds = [
      kind("clearance", "level"),
      kind("limit", "number"),
      kind("regions", "list_text"),
      kind("active", "boolean"),
      kind("department", "text"),
    ]
    const texts = {
      clearance: "secret",
      limit: "12.5",
      regions: "uk, us_east ",
      active: "false",
      department: " ",
    }
    expect(attributesOf(kinds, texts)).toEqual({
      values: { clearance: "secret", limit: 12.5, regions: ["uk", "us_east"], active: false },
      errors: {},
    })
  })

  it("are refused by name where they are none", () => {
    expect(attributesOf([kind("limit", "number")], { limit: "much" })).toEqual({
      values: {},
      errors: { limit: "limit is a number, such as 12 or 0.5." },
    })
  })
})
