import { ScrollArea } from "../ScrollArea"
import { MaskChip } from "./MaskChip"
import type { MaskedField } from "../../api/types"
import { cellText, type CellType, type Column, isList, isObject, type Json } from "./tableModel"
import "./DataView.css"

/** Port shapes tell the types apart, as on the canvas. */
const SHAPES: Readonly<Record<CellType, string>> = {
  text: "text",
  number: "number",
  boolean: "control",
  object: "object",
  records: "records",
  any: "any",
}

interface Props {
  label: string
  columns: readonly Column[]
  rows: readonly (readonly (Json | undefined)[])[]
  /** Why the reader does not see what stored data has in a cell. */
  maskAt?: (row: number, column: number) => MaskedField | null
}

/** Rows of data: one line each, figures right, what is nested by its size. */
export function RowsGrid({ label, columns, rows, maskAt }: Props) {
  return (
    <ScrollArea label={label} className="data-scroll">
      <table className="list data-table">
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col" className={column.type === "number" ? "num" : ""}>
                <i className={`port still ${SHAPES[column.type]}`} title={column.type} />
                {column.key}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, at) => {
                const masked = maskAt?.(index, at)
                if (masked)
                  return (
                    <td key={at}>
                      <MaskChip text={cellText(cell)} field={masked} />
                    </td>
                  )
                return (
                  <td key={at} className={cellClass(cell, columns[at]?.type)} title={longText(cell)}>
                    {cellText(cell)}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length === 0 && <p className="side-note">There are no rows.</p>}
    </ScrollArea>
  )
}

function cellClass(cell: Json | undefined, type: CellType | undefined): string {
  if (cell === null || cell === undefined) return "is-none"
  if (isList(cell) || isObject(cell)) return "is-many"
  return type === "number" ? "num" : ""
}

/** The whole text of a cell that may be cut; a nested value as JSON, not endlessly. */
function longText(cell: Json | undefined): string | undefined {
  if (isList(cell) || isObject(cell)) return JSON.stringify(cell).slice(0, 400)
  return typeof cell === "string" && cell.length > 30 ? cell : undefined
}
