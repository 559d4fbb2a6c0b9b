import { useCan } from "../api/me"
import type { RunDetail } from "../api/types"
import { useViewer, viewedReason, type ViewAs } from "../api/viewing"
import { Crumbs } from "../shell/Crumbs"
import { Topbar } from "../shell/Topbar"
import { Button } from "../shared/Button"
import { duration } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { StateMark } from "../shared/StateMark"
import { isTerminal } from "../shared/status"
import { ViewAsButton } from "../viewas/ViewAsButton"
import { ConnectionNotice } from "./ConnectionNotice"
import type { LiveRun } from "./LiveRun"
import { useRerun } from "./RerunMenu"
import { elapsed, goesOn } from "./runFacts"
import { isPausing, type Standing } from "./standing"
import { useControl } from "./useControl"
import { useLive } from "./useLiveRun"

interface Props {
  run: RunDetail
  live: LiveRun
  standing: Standing & { read: () => void }
  /** Opens the dialog for another run of it. */
  onRerun: () => void
}

/** What run this is, how it stands, and what can be done with it. */
export function RunTopbar({ run, live, standing, onRerun }: Props) {
  const state = useLive(live, (now) => now.run)
  const pausing = isPausing(state.status, standing)
  const viewer = useViewer()
  return (
    <Topbar
      actions={
        <>
          <ViewAsButton />
          {viewer ? (
            <ViewedActions viewer={viewer} over={isTerminal(state.status)} />
          ) : isTerminal(state.status) ? (
            <WhenOver run={run} live={live} onRerun={onRerun} />
          ) : (
            <WhileActive run={run} live={live} pausing={pausing} onDone={standing.read} />
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
      <StateMark status={state.status} pill label={pausing ? "Pausing" : undefined} />
      <Clock run={run} live={live} />
      <ConnectionNotice live={live} />
    </Topbar>
  )
}

/** What there would be to do, each with why not, while one looks as somebody else. */
function ViewedActions({ viewer, over }: { viewer: ViewAs; over: boolean }) {
  if (over) {
    return (
      <Button icon="retry" disabledReason={viewedReason(viewer, "workflow.run")}>
        Re-run
      </Button>
    )
  }
  return (
    <>
      <Button icon="pause" disabledReason={viewedReason(viewer, "run.pause")}>
        Pause
      </Button>
      <Button variant="danger" icon="stop" disabledReason={viewedReason(viewer, "run.cancel")}>
        Cancel run
      </Button>
    </>
  )
}

interface ActiveProps {
  run: RunDetail
  live: LiveRun
  pausing: boolean
  onDone: () => void
}

function WhileActive({ run, live, pausing, onDone }: ActiveProps) {
  const status = useLive(live, (now) => now.run.status)
  const { busy, ask } = useControl(run.id, onDone)
  const stops = status === "paused" || pausing
  return (
    <>
      {run.can.includes("run.pause") &&
        (stops ? (
          <Button variant="primary" icon="play" busy={busy === "resume"} onClick={() => ask("resume")}>
            Resume
          </Button>
        ) : (
          <Button icon="pause" busy={busy === "pause"} onClick={() => ask("pause")}>
            Pause
          </Button>
        ))}
      {run.can.includes("run.cancel") && (
        <Button variant="danger" icon="stop" busy={busy === "cancel"} onClick={() => ask("cancel")}>
          {busy === "cancel" ? "Cancelling" : "Cancel run"}
        </Button>
      )}
    </>
  )
}

function WhenOver({ run, live, onRerun }: Pick<Props, "run" | "live" | "onRerun">) {
  const status = useLive(live, (now) => now.run.status)
  const mayRead = useLive(live, (now) => now.mayReadData)
  const mayRun = useCan("workflow.run")
  const again = useRerun(run)
  if (!mayRun) return null
  return (
    <>
      {status !== "succeeded" && mayRead && (
        <Button icon="play" onClick={() => void again("failed")}>
          Continue from what failed
        </Button>
      )}
      <Button icon="retry" onClick={onRerun}>
        Re-run
      </Button>
    </>
  )
}

/** How long the run has taken, and when a parked one goes on. Steps at most 4 times a second. */
function Clock({ run, live }: Pick<Props, "run" | "live">) {
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
