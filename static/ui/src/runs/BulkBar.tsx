import { lazy, Suspense, useState } from "react"
import { useCan } from "../api/me"
import { Button, IconButton } from "../shared/Button"
import { plural } from "../shared/format"
import { toast } from "../shared/toast"
import { type BulkAction, MOST_AT_ONCE } from "./controlApi"
import type { RunSelection } from "./useRunSelection"

const BulkDialog = lazy(() => import("./BulkDialog"))

interface Props {
  selection: RunSelection
  /** How many rows are shown, and whether more match. */
  shown: number
  more: boolean
  onDone: () => void
}

/** Under the list while runs are selected: how many, and what can be done with them. */
export function BulkBar({ selection, shown, more, onDone }: Props) {
  const mayRun = useCan("workflow.run")
  const mayPause = useCan("run.pause")
  const mayCancel = useCan("run.cancel")
  const [action, setAction] = useState<BulkAction | null>(null)
  const all = () =>
    selection
      .takeMatching()
      .catch((reason: unknown) =>
        toast(reason instanceof Error ? reason.message : "The runs could not be read.", { icon: "warn" }),
      )
  return (
    <>
      {selection.count > 0 && (
        <div className="bulk-bar" role="toolbar" aria-label="Selected runs">
          <span className="med num" role="status">
            {plural(selection.count, "run")} selected
            {selection.count === MOST_AT_ONCE && ", as many as go at once"}
          </span>
          {more && selection.count === shown && (
            <Button size="sm" variant="ghost" busy={selection.gathering} onClick={() => void all()}>
              Select all that match
            </Button>
          )}
          <span className="row g1 end">
            {mayRun && (
              <Button size="sm" icon="retry" onClick={() => setAction("rerun")}>
                Re-run
              </Button>
            )}
            {mayPause && (
              <>
                <Button size="sm" icon="pause" onClick={() => setAction("pause")}>
                  Pause
                </Button>
                <Button size="sm" icon="play" onClick={() => setAction("resume")}>
                  Resume
                </Button>
              </>
            )}
            {mayCancel && (
              <Button size="sm" variant="danger" icon="stop" onClick={() => setAction("cancel")}>
                Cancel
              </Button>
            )}
            <IconButton
              label="Select none"
              keys="Esc"
              icon="x"
              size="sm"
              variant="ghost"
              onClick={selection.clear}
            />
          </span>
        </div>
      )}
      <Suspense>
        {action && (
          <BulkDialog
            action={action}
            runs={selection.runs}
            onDone={onDone}
            onClose={() => setAction(null)}
            onFinish={() => {
              setAction(null)
              selection.clear()
            }}
          />
        )}
      </Suspense>
    </>
  )
}
