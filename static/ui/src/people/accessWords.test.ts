import { expect, it } from "vitest"
import { keptOf, summaryOf, typeWords } from "./accessWords"
import type { ActionAccess } from "./types"

const about = (action: string, answer: ActionAccess["answer"]): ActionAccess => ({
  action,
  label: action,
  answer,
  rule: "role",
  reason: "",
  policies: [],
  missing: [],
})

const TYPES = [
  { type: "run", actions: [about("run.view", "always"), about("run.cancel", "never")] },
  { type: "policy", actions: [about("policy.view", "never")] },
]

it("names types in the plural", () => {
  expect(typeWords("policy")).toBe("Policies")
  expect(typeWords("node_type")).toBe("Node types")
  expect(typeWords("user")).toBe("People")
})

it("counts the answers", () => {
  expect(summaryOf(TYPES)).toBe("1 always · 0 depend on the thing · 2 never")
})

it("keeps one answer and leaves out what is empty then", () => {
  expect(keptOf(TYPES, "always").map(({ type }) => type)).toEqual(["run"])
  expect(keptOf(TYPES, null)).toBe(TYPES)
})
