import { useState } from "react"
import { useLocation } from "wouter"
import { useCan } from "../api/me"
import type { RunDetail } from "../api/types"
import { Crumbs } from "../shell/Crumbs"
import { Topbar } from "../shell/Topbar"
import { Button } from "../shared/Button"
import { duration } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { StateMark } from "../shared/StateMark"
import { isTerminal } from "../shared/status"
import { toast } from "../shared/toast"
import { RunParametersDialog } from "../workflows/RunParametersDialog"
import { cancelRun, runAgain } from "./api"
import { ConnectionNotice } from "./ConnectionNotice"
import type { LiveRun } from "./LiveRun"
import { useRerun } from "./RerunMenu"
import { elapsed, goesOn } from "./runFacts"
import { useLive } from "./useLiveRun"

interface Props {
  run: RunDetail
  live: LiveRun
}

/** What run this is, how it stands, and what can be done with it. */
export function RunTopbar({ run, live }: Props) {
  const [, navigate] = useLocation()
  const state = useLive(live, (now) => now.run)
  const mayRun = useCan("workflow.run")
  const [cancelling, setCancelling] = useState(false)
  const [asking, setAsking] = useState(false)
  const active = !isTerminal(state.status)
  const continueRun = useRerun(run)
  const parameters = run.graph.parameters ?? []
  const again = async (values: Record<string, unknown>) => {
    const started = await runAgain(run, values)
    setAsking(false)
    navigate(`/runs/${started.id}`)
  }
  const cancel = async () => {
    setCancelling(true)
    try {
      await cancelRun(run.id)
    } catch (error) {
      setCancelling(false)
      toast(error instanceof Error ? error.message : "The run could not be cancelled.", { icon: "warn" })
    }
  }
  const onAgain = () => {
    if (parameters.length > 0) return setAsking(true)
    again({}).catch((error: unknown) =>
      toast(error instanceof Error ? error.message : "It did not start.", { icon: "warn" }),
    )
  }
  return (
    <>
      <Topbar
        actions={
          <>
            {!active && mayRun && state.status !== "succeeded" && live.mayReadData && (
              <Button icon="play" onClick={() => void continueRun("failed")}>
                Continue from what failed
              </Button>
            )}
            {!active && mayRun && (
              <Button icon="retry" onClick={onAgain}>
                Run again
              </Button>
            )}
            {active && run.can.includes("run.cancel") && (
              <Button variant="danger" icon="stop" busy={cancelling} onClick={() => void cancel()}>
                {cancelling ? "Cancelling" : "Cancel run"}
              </Button>
            )}
          </>
        }
      >
        <Crumbs
          items={[
            { label: "Runs", href: "/runs" },
            { label: run.workflow.name, href: `/workflows/${run.workflow.id}` },
            { label: `Run ${run.number}` },
          ]}
        />
        <StateMark status={state.status} pill />
        <Clock run={run} live={live} />
        <ConnectionNotice live={live} />
      </Topbar>
      {asking && (
        <RunParametersDialog
          name={run.workflow.name}
          parameters={parameters}
          given={run.parameters}
          onRun={again}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  )
}

/** How long the run has taken, and when a parked one goes on. Steps at most 4 times a second. */
function Clock({ run, live }: Props) {
  const state = useLive(live, (now) => now.run)
  const now = useNow(250, !isTerminal(state.status))
  const took = elapsed(
    {
      status: state.status,
      created_at: run.created_at,
      started_at: state.started_at ?? null,
      finished_at: state.finished_at ?? null,
      duration_ms: run.status === state.status ? run.duration_ms : null,
    },
    now,
  )
  return (
    <span className="num muted nowrap">
      {took !== null && duration(took)}
      {state.status === "waiting" && state.wake_at && `, ${goesOn(state.wake_at, now)}`}
    </span>
  )
}
