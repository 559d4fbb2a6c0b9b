import type { RunDetail } from "../api/types"
import { plural } from "../shared/format"
import { Note } from "../shared/Note"
import type { RerunPlan } from "./rerunPlan"

interface Props {
  plan: RerunPlan
  run: RunDetail
  titles: ReadonlyMap<string, string>
  /** Inputs were changed. */
  isEdited: boolean
}

/** What a re-run would run again and what it would take over. */
export function RerunSummary({ plan, run, titles, isEdited }: Props) {
  const named = (ids: readonly string[]) => namesOf(ids.map((id) => titles.get(id) ?? id))
  if (plan.missing.length > 0) {
    const [first = ""] = plan.missing
    return (
      <div className="dialog-note">
        <Note kind="bad">
          {named(plan.missing)} {plan.missing.length === 1 ? "is" : "are"} needed, and run {run.number} has no
          result that fits: the node is new, has changed since, or did not end. Run from the start, or from “
          {titles.get(first) ?? first}”.
        </Note>
      </div>
    )
  }
  return (
    <div className="dialog-note" role="status">
      <Note icon="retry">
        <p>
          <b className="med">{plural(plan.again.length, "node runs", "nodes run")} again</b>
          {plan.again.length > 0 && plan.copied.length > 0 && `: ${named(plan.again)}`}.
        </p>
        {plan.copied.length > 0 && (
          <p>
            <b className="med">Taken over from run {run.number}</b>: {named(plan.copied)}.
            {isEdited && " These results were made with the inputs as they were."}
          </p>
        )}
      </Note>
    </div>
  )
}

const NAMED = 4

function namesOf(titles: readonly string[]): string {
  const shown = titles.slice(0, NAMED).map((title) => `“${title}”`)
  const rest = titles.length - shown.length
  return rest > 0 ? `${shown.join(", ")} and ${rest} more` : shown.join(", ")
}
