import { useMemo, useState } from "react"
import { NO_MASKS, segmentsOf, type Masks } from "./masks"
import { Pager } from "./Pager"
import { RowsGrid } from "./RowsGrid"
import { cellPlaces, isList, type Json, toTable } from "./tableModel"

const ROWS_PER_PAGE = 50

interface Props {
  value: Json
  /** Where the value stands in what `masks` tells of. */
  path?: string
  masks?: Masks
}

/** Rows and columns of a value, fifty rows at a time. */
export function ValueTable({ value, path = "", masks = NO_MASKS }: Props) {
  const table = useMemo(() => toTable(value), [value])
  const places = useMemo(() => cellPlaces(value), [value])
  const [page, setPage] = useState(0)
  const total = table.rows.length
  const from = Math.min(page * ROWS_PER_PAGE, Math.max(0, total - 1))
  const to = Math.min(from + ROWS_PER_PAGE, total)
  return (
    <>
      <RowsGrid
        label="Rows"
        columns={table.columns}
        rows={table.rows.slice(from, to)}
        maskAt={(row, at) => {
          const column = table.columns[at]
          const place = column && places(from + row, column, at)
          return place ? masks.at([...segmentsOf(path), ...place]) : null
        }}
      />
      {isList(value) && total > 1 && (
        <Pager from={from} to={to} total={total} onMove={(step) => setPage(page + step)} />
      )}
    </>
  )
}
