import { describe, expect, it } from "vitest"
import type { JsonSchema } from "../api/types"
import {
  fieldsOf,
  kindOf,
  labelOf,
  parseNumber,
  problemsAt,
  problemsByField,
  resolve,
  startValue,
  variantsOf,
  withoutHidden,
} from "./schema"

const ROOT: JsonSchema = {
  type: "object",
  required: ["url"],
  properties: {
    limit: { type: "integer", minimum: 1, "x-order": 3 },
    url: { type: "string", title: "URL", "x-order": 0 },
    method: { enum: ["GET", "POST"], default: "GET", "x-order": 1 },
    body: { "x-widget": "json", "x-visible-if": { method: "POST" }, "x-order": 2 },
    retry: { anyOf: [{ $ref: "#/$defs/Retry" }, { type: "null" }], default: null, "x-advanced": true },
    steps: {
      type: "array",
      items: {
        oneOf: [{ $ref: "#/$defs/Pick" }, { $ref: "#/$defs/Drop" }],
        discriminator: { propertyName: "op" },
      },
    },
  },
  $defs: {
    Retry: { type: "object", properties: { times: { type: "integer", default: 3 } } },
    Pick: {
      title: "Pick columns",
      type: "object",
      required: ["columns"],
      properties: { op: { const: "pick" }, columns: { type: "array", items: { type: "string" } } },
    },
    Drop: { type: "object", properties: { op: { const: "drop" }, why: { type: "string" } } },
  },
}
const keys = (value: Record<string, unknown>) => fieldsOf(ROOT, ROOT, value).map((field) => field.key)

describe("fields from JSON Schema", () => {
  it("come in their order, required ones marked", () => {
    const fields = fieldsOf(ROOT, ROOT, {})
    expect(fields.map((field) => field.key)).toEqual(["url", "method", "limit", "retry", "steps"])
    expect(fields[0]).toMatchObject({ label: "URL", required: true, kind: "text" })
    expect(fields.find((field) => field.key === "retry")).toMatchObject({ kind: "record", advanced: true })
  })

  it("show by the value that another field has, or would have", () => {
    expect(keys({ method: "POST" })).toContain("body")
    expect(keys({ method: "GET" })).not.toContain("body")
    expect(keys({})).not.toContain("body")
  })

  it("lose what they hold when another field hides them", () => {
    const value = { method: "GET", body: "x", unknown: 1 }
    expect(withoutHidden(ROOT, ROOT, value)).toEqual({ method: "GET", unknown: 1 })
    expect(withoutHidden(ROOT, ROOT, { ...value, method: "POST" })).toHaveProperty("body", "x")
  })

  it("know their kind", () => {
    expect(kindOf({ type: "string", "x-widget": "code" })).toBe("code")
    expect(kindOf({ type: ["number", "null"] })).toBe("number")
    expect(kindOf({ type: "object", additionalProperties: { type: "string" } })).toBe("map")
    expect(kindOf({ type: "object" })).toBe("json")
    expect(kindOf({ anyOf: [{ type: "string" }, { type: "number" }] })).toBe("json")
    expect(kindOf({ oneOf: [{}], discriminator: { propertyName: "op" } })).toBe("union")
  })

  it("set the null of an optional value aside and follow references", () => {
    expect(resolve(ROOT.properties!.retry!, ROOT)).toMatchObject({ type: "object", default: null })
  })

  it("ends on a reference to itself", () => {
    const root: JsonSchema = { $defs: { A: { $ref: "#/$defs/A" } } }
    expect(() => resolve({ $ref: "#/$defs/A" }, root)).not.toThrow()
  })

  it("speak in sentence case and keep abbreviations", () => {
    expect(labelOf({ title: "Time Limit" }, "x")).toBe("Time limit")
    expect(labelOf({ title: "Base URL" }, "x")).toBe("Base URL")
    expect(labelOf({}, "retry_on_status")).toBe("Retry on status")
  })
})

describe("values a field starts with", () => {
  it("are the default, else empty of its kind", () => {
    expect(startValue({ default: 4 }, ROOT)).toBe(4)
    expect(startValue({ type: "string" }, ROOT)).toBe("")
    expect(startValue({ type: "array" }, ROOT)).toEqual([])
  })

  it("hold the tag and what is required of a union's first shape", () => {
    const items = ROOT.properties!.steps!.items!
    expect(variantsOf(items, ROOT).map(({ name, label }) => [name, label])).toEqual([
      ["pick", "Pick columns"],
      ["drop", "Drop"],
    ])
    expect(startValue(items, ROOT)).toEqual({ op: "pick", columns: [] })
  })
})

describe("a number field", () => {
  const whole: JsonSchema = { type: "integer", minimum: 1, maximum: 10 }
  it.each([
    ["", { value: undefined }],
    [" 7 ", { value: 7 }],
    ["${limit}", { value: "${limit}" }],
    ["0", { error: "At least 1." }],
    ["11", { error: "At most 10." }],
    ["1.5", { error: "Enter a whole number." }],
    ["x", { error: "Enter a number." }],
    ["1e999", { error: "Enter a number." }],
  ])("reads %j", (text, result) => {
    expect(parseNumber(text, whole)).toEqual(result)
  })
})

describe("problems at fields", () => {
  const problem = (field: string, node = "a") => ({ node, field, message: field, severity: "error" as const })
  const all = [
    problem("config.cases.0.when"),
    problem("config.code"),
    problem("options.timeout"),
    problem("access.tags.1"),
    problem("config.code", "b"),
  ]

  it("stand at their own step and part", () => {
    expect([...problemsByField(all, "a", "config").keys()]).toEqual(["cases.0.when", "code"])
    expect([...problemsByField(all, "a", "options").keys()]).toEqual(["timeout"])
    expect([...problemsByField(all, "a", "access").keys()]).toEqual(["tags.1"])
  })

  it("are found from the field that holds theirs, and not from one whose name only begins the same", () => {
    const byField = problemsByField(all, "a", "config")
    expect(problemsAt(byField, "cases")).toHaveLength(1)
    expect(problemsAt(byField, "cod")).toHaveLength(0)
  })
})
