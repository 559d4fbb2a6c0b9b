import { expect, test } from "vitest"
import { choicesFor, nameBefore } from "./find"
import type { DatasetItem } from "./types"

const item = (name: string, columns: string[]): DatasetItem => ({
  id: name,
  name,
  namespace: "",
  kind: "table",
  system: "PostgreSQL",
  classification: "internal",
  columns: columns.map((column) => ({ name: column, type: "number", masked: null })),
  last_run: null,
  last_at: null,
})
const DECISIONS = item("dwh.decisions", ["score", "band"])

test("a dataset and a column of it are found by one text", () => {
  const labels = (text: string) => choicesFor(text, [], [DECISIONS]).map(({ label }) => label)

  expect(nameBefore("dwh.decisions.sc")).toBe("dwh.decisions")
  expect(labels("dwh.decisions.sc")).toEqual(["dwh.decisions.score"])
  expect(labels("band")).toEqual(["dwh.decisions.band"])
})

test("without a text there are the datasets alone", () => {
  expect(choicesFor("", [DECISIONS], [DECISIONS])).toMatchObject([{ dataset: "dwh.decisions", column: null }])
})
