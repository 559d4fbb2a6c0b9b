import { expect, test } from "vitest"
import { around, keyOf, traceOf, wireCounts } from "./trace"
import { LENDING } from "./trace.fixture"

const at = (node: string, column: string | null) => ({ node, column })

test("a column is traced to all it comes from and all that comes from it", () => {
  const { places } = traceOf(LENDING, at("sco", "score"))

  for (const [node, column] of [
    ["bur", "accounts"],
    ["bur", "late_12m"],
    ["dwh", "score"],
    ["dwh", "band"],
    ["rep", "band"],
    ["sco", "score"],
  ] as const)
    expect(places).toContain(keyOf(at(node, column)))
  expect(places).not.toContain(keyOf(at("crm", "customer_id")))
})

test("what comes from the same source beside it is not part of the way", () => {
  const { places } = traceOf(LENDING, at("sco", "ratio"))

  expect(places).toContain(keyOf(at("crm", "income")))
  expect(places).not.toContain(keyOf(at("rep", "income_band")))
})

test("a whole card is traced through each of its columns", () => {
  const { edges } = traceOf(LENDING, at("val", null))

  expect(edges.size).toBe(4)
})

test("a circle ends", () => {
  const edge = { tier: "exact", how: "" } as const
  const graph = {
    ...LENDING,
    edges: [
      { ...edge, from: "a", from_column: "x", to: "b", to_column: "x" },
      { ...edge, from: "b", from_column: "x", to: "a", to_column: "x" },
    ],
  }

  expect(traceOf(graph, at("a", "x")).edges.size).toBe(2)
})

test("directly before and behind", () => {
  const { before, behind } = around(LENDING, at("sco", "score"))

  expect(before.map(({ from_column }) => from_column)).toEqual(["late_12m", "accounts"])
  expect(behind.map(({ to }) => to)).toEqual(["dwh", "dwh", "rep"])
})

test("how many wires a column has is told in words", () => {
  expect(wireCounts(LENDING).get(keyOf(at("sco", "score")))).toBe(", made from 2, feeds 3")
})
