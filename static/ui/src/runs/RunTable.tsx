import type { Run } from "../api/types"
import { plural } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { Icon } from "../shared/icons/Icon"
import { isTerminal } from "../shared/status"
import { RunRow } from "./RunRow"

interface Props {
  rows: readonly Run[]
  newCount: number
  onShowNew: () => void
}

export function RunTable({ rows, newCount, onShowNew }: Props) {
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
          {rows.map((run) => (
            <RunRow key={run.id} run={run} now={now} />
          ))}
        </tbody>
      </table>
    </div>
  )
}
