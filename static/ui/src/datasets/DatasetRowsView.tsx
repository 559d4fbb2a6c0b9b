import { useMemo, useState } from "react"
import type { Dataset } from "../api/types"
import { LoadError } from "../shell/LoadError"
import { MaskedNote } from "../access/MaskedNote"
import { Masks } from "../shared/data/masks"
import { Pager } from "../shared/data/Pager"
import { RowsGrid } from "../shared/data/RowsGrid"
import { SkeletonRows } from "../shared/Skeleton"
import { ROWS_PER_PAGE, useRows } from "./api"
import { gridOf } from "./grid"

/** The rows of a dataset, a hundred at a time. */
export function DatasetRowsView({ dataset }: { dataset: Dataset }) {
  const [offset, setOffset] = useState(0)
  const rows = useRows(dataset.id, offset)
  const masked = rows.data?.masked
  const masks = useMemo(() => new Masks(masked ?? []), [masked])
  if (rows.isPending) {
    return (
      <div className="pad">
        <SkeletonRows height={32} />
      </div>
    )
  }
  if (rows.isError)
    return <LoadError what="the rows" error={rows.error} onRetry={() => void rows.refetch()} />
  const grid = gridOf(rows.data)
  const { total } = rows.data
  return (
    <div className={rows.isPlaceholderData ? "data is-old" : "data"}>
      <MaskedNote masked={rows.data.masked} />
      <RowsGrid
        label={`Rows of ${dataset.name}`}
        columns={grid.columns}
        rows={grid.rows}
        maskAt={(_, at) => masks.at([grid.columns[at]?.key ?? ""])}
      />
      {total > 0 && (
        <Pager
          from={offset}
          to={Math.min(offset + ROWS_PER_PAGE, total)}
          total={total}
          onMove={(step) => setOffset(offset + step * ROWS_PER_PAGE)}
        />
      )}
    </div>
  )
}
