import { useState } from "react"
import { Segmented } from "../shared/Segmented"
import { brief, portTypeOf } from "./paths"
import { tableOf } from "./tableOf"

type View = "table" | "json"

interface Props {
  value: unknown
  truncated: boolean
}

const ROWS = 100

/** A value as keys and tables, or as JSON. A lone `result` is opened at once. */
export function ValueView({ value, truncated }: Props) {
  const [view, setView] = useState<View>("table")
  const opened = opensTo(value)
  return (
    <>
      <div className="row value-head">
        <span className="xs subtle">{truncated ? "The beginning; the run page has all" : brief(opened)}</span>
        <span className="end">
          <Segmented
            small
            label="Show as"
            value={view}
            onChange={setView}
            options={[
              { value: "table", label: "Table" },
              { value: "json", label: "JSON" },
            ]}
          />
        </span>
      </div>
      {view === "json" ? (
        <pre className="value-json scroll">{JSON.stringify(opened, null, 2)}</pre>
      ) : (
        <Readable value={opened} />
      )}
    </>
  )
}

function opensTo(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value
  const entries = Object.entries(value)
  return entries.length === 1 && entries[0]?.[0] === "result" ? entries[0][1] : value
}

function Readable({ value }: { value: unknown }) {
  const table = tableOf(value, ROWS)
  if (table) {
    return (
      <div className="value-table scroll">
        <table className="list dense">
          <thead>
            <tr>
              {table.columns.map((column) => (
                <th key={column}>{column}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map((row, at) => (
              <tr key={at}>
                {row.map((cell, column) => (
                  <td key={column} className="mono">
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {table.more > 0 && (
          <p className="xs subtle value-more">{table.more.toLocaleString("en")} more rows</p>
        )}
      </div>
    )
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return (
      <div className="keys">
        {Object.entries(value).map(([key, part]) => (
          <Key key={key} name={key} value={part} />
        ))}
      </div>
    )
  }
  return (
    <pre className="value-json scroll">
      {typeof value === "string" ? value : JSON.stringify(value, null, 2)}
    </pre>
  )
}

/** One key; objects and lists open below it. */
function Key({ name, value }: { name: string; value: unknown }) {
  const [open, setOpen] = useState(false)
  const deep = typeof value === "object" && value !== null
  const row = (
    <>
      <i className={`port ${portTypeOf(value)}`} />
      <code className="cut">{name}</code>
      <span className="v cut" title={deep ? undefined : String(value)}>
        {brief(value)}
      </span>
    </>
  )
  if (!deep) return <div className="keyrow">{row}</div>
  return (
    <>
      <button type="button" className="keyrow" aria-expanded={open} onClick={() => setOpen(!open)}>
        {row}
      </button>
      {open && (
        <div className="key-in">
          <Readable value={value} />
        </div>
      )}
    </>
  )
}
