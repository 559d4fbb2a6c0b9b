import { describe, expect, it } from "vitest"
import { byRule, Masks, segmentsOf } from "./masks"

const SSN = {
  path: "result.rows[*].ssn",
  rule: "identifiers",
  label: "National identifiers",
  type: "partial",
}
const MAIL = { path: "result.rows[3].email", rule: "mail", label: "", type: "email" }
const WHOLE = { path: "result.note", rule: "mail", label: "", type: "redact" }

describe("masked fields", () => {
  const masks = new Masks([SSN, MAIL, WHOLE])

  it("are found in every item of a list", () => {
    expect(masks.at(["result", "rows", "0", "ssn"])).toBe(SSN)
    expect(masks.at(["result", "rows", "41", "ssn"])).toBe(SSN)
    expect(masks.at(["result", "rows", "41", "name"])).toBeNull()
  })

  it("are found in the one item that is named", () => {
    expect(masks.at(["result", "rows", "3", "email"])).toBe(MAIL)
    expect(masks.at(["result", "rows", "4", "email"])).toBeNull()
    expect(masks.at(["result", "rows", "3", "ssn"])).toBe(SSN)
  })

  it("are found for the shape of a list, whichever item is meant", () => {
    expect(masks.at(["result", "rows", "*", "email"])).toBe(MAIL)
    expect(masks.at(["result", "rows", "*", "ssn"])).toBe(SSN)
  })

  it("are neither what stands above them nor what lies below", () => {
    expect(masks.at(["result", "rows"])).toBeNull()
    expect(masks.at(["result", "note", "text"])).toBeNull()
    expect(masks.at([])).toBeNull()
  })

  it("are listed by their rule", () => {
    expect(byRule([SSN, MAIL, WHOLE, { ...SSN, path: "result.first.ssn" }])).toEqual([
      { rule: "National identifiers", names: ["ssn"] },
      { rule: "mail", names: ["email", "note"] },
    ])
  })
})

it("reads a path by its segments", () => {
  expect(segmentsOf("result.rows[*].a[0]")).toEqual(["result", "rows", "*", "a", "0"])
})
