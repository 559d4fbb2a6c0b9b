import { describe, expect, it } from "vitest"
import type { PortType } from "../api/types"
import { reaches, typesFit, whyNot } from "./fit"

const end = (node: string, type: PortType = "any") => ({ node, type })

describe("whether a wire fits", () => {
  it("lets any go anywhere and anything into a control input", () => {
    expect(typesFit("any", "number")).toBe(true)
    expect(typesFit("records", "any")).toBe(true)
    expect(typesFit("text", "control")).toBe(true)
    expect(typesFit("error", "object")).toBe(true)
    expect(typesFit("object", "records")).toBe(false)
  })

  it("says in words why it does not", () => {
    expect(whyNot(end("a", "number"), end("b", "records"), [])).toBe("Needs records, gives a number")
    expect(whyNot(end("a"), end("a"), [])).toBe("A step can't feed itself")
  })

  it("refuses a circle, however long", () => {
    const wires = [
      { source: "a", output: "result", target: "b", input: "x" },
      { source: "b", output: "result", target: "c", input: "x" },
    ]
    expect(whyNot(end("c"), end("a"), wires)).toBe("This would close a circle")
    expect(whyNot(end("a"), end("c"), wires)).toBeNull()
  })

  it("follows a graph that already has a circle to its end", () => {
    const wires = [
      { source: "a", output: "r", target: "b", input: "x" },
      { source: "b", output: "r", target: "a", input: "x" },
    ]
    expect(reaches("a", "z", wires)).toBe(false)
  })
})
