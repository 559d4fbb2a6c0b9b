import { describe, expect, it } from "vitest"
import { choicesOf, textsOf, valueOf, valuesOf } from "./attributeForm"

describe("values of attributes", () => {
  it("reads each type from its field", () => {
    expect(valueOf("text", " risk ")).toBe("risk")
    expect(valueOf("number", "4.5")).toBe(4.5)
    expect(valueOf("boolean", "false")).toBe(false)
    expect(valueOf("list_text", "a, b,,")).toEqual(["a", "b"])
    expect(valueOf("list_number", "1, 2")).toEqual([1, 2])
    expect(valueOf("text", " ")).toBeUndefined()
  })

  it("leaves what is no number to the server to refuse", () => {
    expect(valueOf("number", "many")).toBe("many")
  })

  it("takes away what was emptied and keeps what nobody defined", () => {
    const attributes = [
      { name: "department", kind: "text" },
      { name: "floor", kind: "number" },
    ] as const
    const before = { department: "risk", floor: 3, badge: "x" }
    const texts = { ...textsOf(before), department: "" }

    expect(valuesOf(attributes, texts, before)).toEqual({ floor: 3, badge: "x" })
  })

  it("offers levels, yes and no, and the values that are allowed", () => {
    const levels = [{ key: "secret", label: "Secret" }]
    expect(choicesOf({ kind: "level", allowed: null }, levels)).toEqual([
      { value: "secret", label: "Secret" },
    ])
    expect(choicesOf({ kind: "boolean", allowed: null }, [])).toHaveLength(2)
    expect(choicesOf({ kind: "text", allowed: ["eu"] }, [])).toEqual([{ value: "eu", label: "eu" }])
    expect(choicesOf({ kind: "text", allowed: null }, [])).toBeNull()
  })
})
