import { expect, test } from "vitest"
import { LENDING } from "./trace.fixture"
import { impactWords, madeWords, reachWords, shapeOf, wireWords } from "./words"

test("how a column is made says what is not known", () => {
  expect(madeWords({ tier: "exact", how: "from code line 3" })).toBe("exact, from code line 3")
  expect(madeWords({ tier: "unknown", how: "" })).toBe("not known")
})

test("what a change would reach", () => {
  const workflows = [
    { id: "1", name: "Lending" },
    { id: "2", name: "Report" },
  ]

  expect(impactWords({ workflows, datasets: 1, masks: 1 })).toBe(
    "2 workflows, 1 dataset and 1 masking rule read this column.",
  )
  expect(impactWords({ workflows: [], datasets: 1, masks: 0 })).toBe("1 dataset reads this column.")
  expect(impactWords({ workflows: [], datasets: 0, masks: 0 })).toBeNull()
  expect(reachWords({ depends_on: 3, feeds: 0 })).toBe("Depends on 3 columns, feeds nothing.")
})

test("a wire in words", () => {
  const [edge] = LENDING.edges
  const nameOf = (id: string) => LENDING.nodes.find((node) => node.id === id)!.name

  expect(wireWords(edge!, nameOf)).toBe(
    "income of crm.customers to income of Validate fields: exact, from code line 3",
  )
})

test("types have shapes, those that nobody knows the plain one", () => {
  expect([shapeOf("integer"), shapeOf("VARCHAR")]).toEqual(["number", "any"])
})
