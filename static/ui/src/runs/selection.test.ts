import { expect, it } from "vitest"

import { allOf, extended, nothingSelected, toggled } from "./selection"

const ROWS = ["a", "b", "c", "d"].map((id) => ({ id }))
const [A, B, , D] = ROWS as [{ id: string }, { id: string }, { id: string }, { id: string }]
const ids = (selection: { rows: ReadonlyMap<string, unknown> }) => [...selection.rows.keys()]

it("selects a row and leaves it out again", () => {
  const one = toggled(nothingSelected<{ id: string }>(), A)

  expect(ids(one)).toEqual(["a"])
  expect(ids(toggled(one, A))).toEqual([])
})

it("extends from the row that was chosen last, in both directions", () => {
  const one = toggled(nothingSelected<{ id: string }>(), D)

  expect(ids(extended(one, B, ROWS)).sort()).toEqual(["b", "c", "d"])
  expect(ids(extended(toggled(nothingSelected<{ id: string }>(), A), B, ROWS))).toEqual(["a", "b"])
})

it("starts with the row itself where none was chosen, or the one that was is gone", () => {
  expect(ids(extended(nothingSelected(), B, ROWS))).toEqual(["b"])
  expect(ids(extended({ rows: new Map(), anchor: "gone" }, B, ROWS))).toEqual(["b"])
})

it("takes all", () => {
  expect(ids(allOf(ROWS))).toEqual(["a", "b", "c", "d"])
})
