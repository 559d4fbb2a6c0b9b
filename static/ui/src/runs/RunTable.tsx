import { useEffect, useRef } from "react"
import type { Run } from "../api/types"
import { plural } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { Icon } from "../shared/icons/Icon"
import { isTerminal } from "../shared/status"
import { RunRow } from "./RunRow"
import type { RunSelection } from "./useRunSelection"

interface Props {
  rows: readonly Run[]
  newCount: number
  onShowNew: () => void
  /** Null where nothing can be done with several runs. */
  selection: RunSelection | null
}

export function RunTable({ rows, newCount, onShowNew, selection }: Props) {
  const active = rows.some((run) => !isTerminal(run.status))
  const now = useNow(active ? 1_000 : 30_000)
  return (
    <div className="card list-card">
      <div role="status">
        {newCount > 0 && (
          <button type="button" className="newrow" onClick={onShowNew}>
            <Icon name="up" size={14} />
            {plural(newCount, "new run")}
          </button>
        )}
      </div>
      <table className="list" aria-label="Runs">
        <thead>
          <tr>
            {selection && <SelectAll rows={rows} selection={selection} />}
            <th scope="col">Run</th>
            <th scope="col">State</th>
            <th scope="col">Workflow</th>
            <th scope="col">Trigger</th>
            <th scope="col">Started by</th>
            <th scope="col">Started</th>
            <th scope="col" className="num">
              Took
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((run, at) => (
            <RunRow
              key={run.id}
              run={run}
              now={now}
              selected={selection?.has(run.id) ?? false}
              onSelect={selection ? (extend) => selection.select(run, extend) : undefined}
              onExtend={(step) => selection?.extend(run, rows[at + step] ?? run)}
              onClear={() => selection?.clear()}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function SelectAll({ rows, selection }: { rows: readonly Run[]; selection: RunSelection }) {
  const box = useRef<HTMLInputElement>(null)
  const count = rows.reduce((sum, run) => sum + (selection.has(run.id) ? 1 : 0), 0)
  const all = count === rows.length && rows.length > 0
  useEffect(() => {
    if (box.current) box.current.indeterminate = count > 0 && !all
  }, [count, all])
  return (
    <th scope="col" className="run-check">
      <label>
        <input
          ref={box}
          type="checkbox"
          checked={all}
          aria-label={all ? "Select no run" : "Select all runs shown"}
          onChange={() => (all ? selection.clear() : selection.take(rows))}
        />
      </label>
    </th>
  )
}
