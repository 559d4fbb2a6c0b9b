import { Link } from "wouter"
import type { Run } from "../api/types"
import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { plural } from "../shared/format"
import { Icon } from "../shared/icons/Icon"
import { ACTION_WORDS, problemText } from "./bulk"
import type { BulkAction, BulkResult } from "./controlApi"

interface Props {
  action: BulkAction
  runs: readonly Run[]
  results: readonly BulkResult[]
  onClose: () => void
}

/** What came of each run, those with a problem first. */
export function BulkResults({ action, runs, results, onClose }: Props) {
  const byId = new Map(runs.map((run) => [run.id, run]))
  const good = results.filter((result) => result.ok)
  const bad = results.filter((result) => !result.ok)
  const name = (id: string) => {
    const run = byId.get(id)
    return run ? `Run ${run.number}, ${run.workflow.name}` : "A run"
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={
        bad.length
          ? `${ACTION_WORDS[action].done(good.length)}, ${bad.length} not`
          : ACTION_WORDS[action].done(good.length)
      }
      width={560}
      footer={
        <Button variant="primary" onClick={onClose} data-autofocus>
          Close
        </Button>
      }
    >
      {bad.length > 0 && (
        <ul className="bulk-results" aria-label="Problems">
          {bad.map((result) => (
            <li key={result.id}>
              <span className="failed">
                <Icon name="warn" size={14} />
              </span>
              <span>
                <Link className="med" href={`/runs/${result.id}`}>
                  {name(result.id)}
                </Link>
                <span className="bulk-problem">{problemText(result)}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
      {good.length > 0 && (
        <ul className="bulk-results" aria-label={plural(good.length, "run")}>
          {good.map((result) => (
            <li key={result.id}>
              <span className="succeeded">
                <Icon name="check" size={14} />
              </span>
              <span>
                {name(result.id)}
                {action === "rerun" && result.run && (
                  <>
                    {": "}
                    <Link className="linkish" href={`/runs/${result.run.id}`}>
                      run {result.run.number}
                    </Link>
                  </>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  )
}
