import { useMemo, useState } from "react"
import { Pager } from "./Pager"
import { RowsGrid } from "./RowsGrid"
import { isList, type Json, toTable } from "./tableModel"

const ROWS_PER_PAGE = 50

/** Rows and columns of a value, fifty rows at a time. */
export function ValueTable({ value }: { value: Json }) {
  const table = useMemo(() => toTable(value), [value])
  const [page, setPage] = useState(0)
  const total = table.rows.length
  const from = Math.min(page * ROWS_PER_PAGE, Math.max(0, total - 1))
  const to = Math.min(from + ROWS_PER_PAGE, total)
  return (
    <>
      <RowsGrid label="Rows" columns={table.columns} rows={table.rows.slice(from, to)} />
      {isList(value) && total > 1 && (
        <Pager from={from} to={to} total={total} onMove={(step) => setPage(page + step)} />
      )}
    </>
  )
}
