import { expect, it } from "vitest"

import type { DatasetColumn } from "../api/types"
import { gridOf } from "./grid"

it("puts the cells of each row under the dataset's columns", () => {
  const columns: DatasetColumn[] = [
    { name: "date", type: "datetime" },
    { name: "temp", type: "number" },
    { name: "odd", type: "unknown" },
  ]

  const grid = gridOf({ columns, results: [{ temp: 4, date: "2010-01-01" }] })

  expect(grid.columns.map((column) => column.type)).toEqual(["text", "number", "any"])
  expect(grid.rows).toEqual([["2010-01-01", 4, undefined]])
})
