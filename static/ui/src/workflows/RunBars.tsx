import type { LastRun } from "../api/types"
import { markOf } from "../shared/status"
import { barsLabel, barsOf } from "./bars"

/** The last runs as bars, oldest first: height is duration, colour and shape are the state. */
export function RunBars({ runs }: { runs: readonly LastRun[] }) {
  if (runs.length === 0) return <span className="subtle">No runs yet</span>
  return (
    <span className="bars" role="img" aria-label={barsLabel(runs)}>
      {barsOf(runs).map((bar) => (
        <i key={bar.id} className={markOf(bar.status)} style={{ height: `${bar.height}%` }} />
      ))}
    </span>
  )
}
