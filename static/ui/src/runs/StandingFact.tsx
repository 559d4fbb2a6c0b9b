import type { ReactNode } from "react"
import { Button } from "../shared/Button"
import { plural } from "../shared/format"
import { Fact } from "./Fact"
import type { LiveRun } from "./LiveRun"
import { isPausing, pausingText, queueText, type Standing, type WaitingStep } from "./standing"
import { useBatchedVersion } from "./useBatchedVersion"
import { useLive } from "./useLiveRun"
import { WaitingText } from "./WaitingText"

interface Props {
  live: LiveRun
  standing: Standing
  /** The steps of the run's own graph. */
  steps: readonly string[]
  titleIn: (path: string) => string
  onDecide: ((step: WaitingStep) => void) | null
  /** Shows everything that the run waits for. */
  onShowAll: () => void
}

/** Why the run does not get on: its place in line, a pause, what its steps wait for. */
export function StandingFact({ live, standing, steps, titleIn, onDecide, onShowAll }: Props) {
  useBatchedVersion(live.statuses)
  const status = useLive(live, (state) => state.run.status)
  if (isPausing(status, standing) && status === "running") {
    const atWork = steps.filter((id) => live.statuses.get(id)?.status === "running").length
    return <Line label="Pause">{pausingText(atWork)}</Line>
  }
  if (status === "paused") return <Line label="Pause">Paused. Nothing starts until it is resumed.</Line>
  if (status === "queued" && standing.queue) return <Line label="Queue">{queueText(standing.queue)}</Line>
  const [first, ...others] = urgentFirst(standing.waiting)
  if (!first || (status !== "waiting" && status !== "running")) return null
  return (
    <Line label="Waiting">
      <span className="cut">
        <WaitingText waiting={first} title={titleIn(first.node)} />
      </span>
      {first.reason === "outcome_unknown" && onDecide && (
        <Button size="sm" onClick={() => onDecide(first)}>
          Decide
        </Button>
      )}
      {others.length > 0 && (
        <button type="button" className="linkish" onClick={onShowAll}>
          and {plural(others.length, "other")}
        </button>
      )}
    </Line>
  )
}

/** What needs a person comes first. */
function urgentFirst(waiting: readonly WaitingStep[]): readonly WaitingStep[] {
  const rank = ({ reason }: WaitingStep) =>
    ["outcome_unknown", "approval", "child_run", "delivery", "timer"].indexOf(reason)
  return [...waiting].sort((a, b) => rank(a) - rank(b))
}

function Line({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Fact label={label} className="fact-standing">
      <span className="row g2" role="status">
        {children}
      </span>
    </Fact>
  )
}
