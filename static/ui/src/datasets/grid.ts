import type { DatasetRows } from "../api/types"
import { type CellType, isObject, type Json, type TableModel } from "../shared/data/tableModel"

const TYPES: Readonly<Record<string, CellType>> = {
  text: "text",
  date: "text",
  datetime: "text",
  number: "number",
  integer: "number",
  boolean: "boolean",
  object: "object",
}

/** Rows as the server sends them, in the order of the dataset's columns. */
export function gridOf({ columns, results }: Pick<DatasetRows, "columns" | "results">): TableModel {
  return {
    columns: columns.map(({ name, type }) => ({ key: name, type: TYPES[type] ?? "any" })),
    rows: results.map((row) =>
      columns.map(({ name }) => (isObject(row as Json) ? (row as Record<string, Json>)[name] : undefined)),
    ),
  }
}
