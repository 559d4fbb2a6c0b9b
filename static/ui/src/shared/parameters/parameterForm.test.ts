import { describe, expect, it } from "vitest"

import { kindOf, parseTexts, startTexts } from "./parameterForm"

const REGION = { name: "region", schema: { type: "string" }, default: "us_east" }
const LIMIT = { name: "limit", schema: { type: "integer", minimum: 1, maximum: 10 } }
const DRY = { name: "dry", schema: { type: "boolean" }, default: false }
const MODE = { name: "mode", schema: { enum: ["fast", 2] } }
const FREE = { name: "free" }

describe("the form of a run's parameters", () => {
  it("knows the kind of each field", () => {
    expect([REGION, LIMIT, DRY, MODE, FREE].map(kindOf)).toEqual([
      "text",
      "number",
      "boolean",
      "choice",
      "json",
    ])
  })

  it("starts with the defaults, or with what an earlier run had", () => {
    expect(startTexts([REGION, LIMIT, DRY])).toEqual({ region: "us_east", limit: "", dry: "false" })
    expect(startTexts([REGION, LIMIT], { limit: 4 })).toEqual({ region: "us_east", limit: "4" })
  })

  it("gives each value its type", () => {
    const parsed = parseTexts([REGION, LIMIT, DRY, MODE], {
      region: "eu",
      limit: "3",
      dry: "true",
      mode: "2",
    })

    expect(parsed).toEqual({ ok: true, values: { region: "eu", limit: 3, dry: true, mode: 2 } })
  })

  it("leaves an empty field with a default out", () => {
    expect(parseTexts([REGION], { region: "" })).toEqual({ ok: true, values: {} })
  })

  it("names every field that is wrong at once", () => {
    const parsed = parseTexts([LIMIT, MODE, { name: "rows", schema: { type: "array" } }], {
      limit: "11",
      rows: "[",
    })

    expect(parsed).toEqual({
      ok: false,
      errors: {
        limit: "At most 10.",
        mode: "This run needs a value.",
        rows: "Enter JSON: text stands in double quotes.",
      },
    })
  })

  it.each(["x", "1.5", "0", "1e999"])("refuses %s as a whole number from 1 to 10", (text) => {
    expect(parseTexts([LIMIT], { limit: text }).ok).toBe(false)
  })

  it("takes plain text for a parameter without a type", () => {
    expect(parseTexts([FREE], { free: "hello" })).toEqual({ ok: true, values: { free: "hello" } })
    expect(parseTexts([FREE], { free: "[1]" })).toEqual({ ok: true, values: { free: [1] } })
  })
})
