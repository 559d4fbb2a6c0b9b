import { useMemo, useState } from "react"
import { IconButton } from "../shared/Button"
import { count } from "../shared/format"
import { ScrollArea } from "../shared/ScrollArea"
import { cellText, type CellType, isList, isObject, type Json, toTable } from "./tableModel"

const ROWS_PER_PAGE = 50

/** Port shapes tell the types apart, as on the canvas; a truth value has no shape of its own. */
const SHAPES: Readonly<Record<CellType, string>> = {
  text: "text",
  number: "number",
  boolean: "any",
  object: "object",
  records: "records",
  any: "any",
}

/** Rows and columns of a value, fifty rows at a time. */
export function ValueTable({ value }: { value: Json }) {
  const table = useMemo(() => toTable(value), [value])
  const [page, setPage] = useState(0)
  const total = table.rows.length
  const from = Math.min(page * ROWS_PER_PAGE, Math.max(0, total - 1))
  const to = Math.min(from + ROWS_PER_PAGE, total)
  return (
    <>
      <ScrollArea label="Rows" className="data-scroll">
        <table className="list data-table">
          <thead>
            <tr>
              {table.columns.map((column) => (
                <th key={column.key} scope="col" className={column.type === "number" ? "num" : ""}>
                  <i className={`port still ${SHAPES[column.type]}`} title={column.type} />
                  {column.key}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.slice(from, to).map((row, index) => (
              <tr key={from + index}>
                {row.map((cell, at) => (
                  <td key={at} className={cellClass(cell)} title={titleOf(cell)}>
                    {cellText(cell)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {total === 0 && <p className="side-note">The list is empty.</p>}
      </ScrollArea>
      {total > 1 && (
        <div className="data-pages">
          <span>
            Rows {count(from + 1)} to {count(to)} of {count(total)}
          </span>
          {total > ROWS_PER_PAGE && (
            <span className="row end g1">
              <IconButton
                label="Rows before"
                icon="left"
                size="sm"
                variant="ghost"
                disabledReason={from === 0 && "These are the first."}
                onClick={() => setPage(page - 1)}
              />
              <IconButton
                label="Rows after"
                icon="right"
                size="sm"
                variant="ghost"
                disabledReason={to === total && "These are the last."}
                onClick={() => setPage(page + 1)}
              />
            </span>
          )}
        </div>
      )}
    </>
  )
}

function cellClass(cell: Json | undefined): string {
  if (cell === null || cell === undefined) return "is-none"
  if (isList(cell) || isObject(cell)) return "is-many"
  return typeof cell === "number" ? "num" : ""
}

/** The whole text of a cell that may be cut; a nested value as JSON, not endlessly. */
function titleOf(cell: Json | undefined): string | undefined {
  if (isList(cell) || isObject(cell)) return JSON.stringify(cell).slice(0, 400)
  return typeof cell === "string" && cell.length > 30 ? cell : undefined
}
