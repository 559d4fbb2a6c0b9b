import { describe, expect, it } from "vitest"
import type { ViewAs } from "../api/viewing"
import { decisive, firstRefused, isAllowed, nameOf, questionOf, refusedBy } from "./question"

const no = {
  action: "node.logs",
  allowed: false,
  rule: "policy_deny",
  reason: "No.",
  policies: ["cleared-only"],
  missing: [],
}
const yes = { ...no, allowed: true, policies: [] }
const node = { type: "node", id: "payroll", owner: null, attributes: { classification: "secret" } }
const workflow = { type: "workflow", id: "w1", owner: "u1", attributes: { classification: "internal" } }
const viewed = {
  viewer: {
    id: "u2",
    name: "Dana",
    email: "dana@x.org",
    roles: ["analyst"],
    attributes: { clearance: "internal" },
  },
  workflow,
  actions: { "workflow.view": yes, "workflow.edit": no },
  nodes: { pay: { resource: node, refused: { "node.logs": no } }, sum: { resource: node, refused: {} } },
} as unknown as ViewAs

describe("a question from a view", () => {
  it("begins with what is refused, and expects the answer of now", () => {
    expect(firstRefused(viewed, "pay")).toBe("node.logs")
    expect(firstRefused(viewed, "sum")).toBe("node.outputs")
    expect(firstRefused(viewed, null)).toBe("workflow.edit")
    expect(isAllowed(viewed, { step: "pay", action: "node.logs" })).toBe(false)
    expect(isAllowed(viewed, { step: "pay", action: "node.outputs" })).toBe(true)
    expect(refusedBy(viewed, { step: "pay", action: "node.logs" })).toBe("cleared-only")
  })

  it("asks what decides: the data of the run, where that is refused as a whole", () => {
    const whole = { ...no, action: "run.data" }
    const around = { ...viewed, nodes: { pay: { resource: node, refused: { "node.outputs": whole } } } }
    expect(decisive(around, { step: "pay", action: "node.outputs" })).toEqual({
      step: null,
      action: "run.data",
    })
    expect(decisive(viewed, { step: "pay", action: "node.logs" })).toEqual({
      step: "pay",
      action: "node.logs",
    })
  })

  it("states the person and the step with the workflow around it", () => {
    const asked = { step: "pay", action: "node.logs" }
    const name = nameOf(viewed, asked, "Pay", false)
    expect(name).toBe("Dana may not see logs of Pay")
    expect(questionOf(viewed, asked, name, false)).toEqual({
      name,
      subject: { roles: ["analyst"], attributes: { clearance: "internal" }, email: "dana@x.org" },
      action: "node.logs",
      resource: { ...node, parent: workflow },
      expected: false,
    })
  })
})
