import { useQueryClient } from "@tanstack/react-query"
import { useState, type ReactNode } from "react"
import { ApiProblem } from "../api/problem"
import type { Workflow } from "../api/types"
import { RunParametersDialog } from "../workflows/RunParametersDialog"
import { announce } from "../shared/announce"
import { toast } from "../shared/toast"
import { startDraftRun } from "./api"
import { asGraphProblem } from "./problems"
import { useSession } from "./SessionContext"

export interface RunningDraft {
  /** Starts at once, or asks for parameters first where the workflow has some. */
  ask: () => void
  busy: boolean
  refusal: string | null
  dialog: ReactNode
}

/** Runs a snapshot of the draft, saved before, and draws the run on the canvas. */
export function useRunDraft(workflow: Workflow): RunningDraft {
  const session = useSession()
  const client = useQueryClient()
  const [asking, setAsking] = useState(false)
  const [busy, setBusy] = useState(false)
  const refusal = workflow.can.includes("workflow.run") ? null : "Your role may not run workflows."
  const parameters = session.editor.graph.parameters ?? []

  const start = async (values: Record<string, unknown>) => {
    await session.autosave.flush()
    const run = await startDraftRun(workflow.id, values)
    session.live.start(run, null)
    announce(`Run ${run.number} started`)
    void client.invalidateQueries({ queryKey: ["runs"] })
    void client.invalidateQueries({ queryKey: ["workflows"] })
  }

  const startPlain = async () => {
    setBusy(true)
    try {
      await start({})
    } catch (reason) {
      showRefusal(reason)
    } finally {
      setBusy(false)
    }
  }

  /** Problems with a place go to the drawer; anything else is said. */
  const showRefusal = (reason: unknown) => {
    const located = reason instanceof ApiProblem ? reason.errors.filter((error) => error.node) : []
    if (located.length) {
      session.adoptProblems(located.map(asGraphProblem))
      session.ui.setState({ drawerOpen: true })
    }
    toast(reason instanceof Error ? reason.message : "The run could not be started.", { icon: "warn" })
  }

  const ask = () => {
    if (refusal || busy) return
    session.ui.setState({ newSteps: new Set() })
    if (session.editor.graph.parameters?.length) setAsking(true)
    else void startPlain()
  }

  const dialog = asking && (
    <RunParametersDialog
      name={workflow.name}
      parameters={parameters}
      onClose={() => setAsking(false)}
      onRun={async (values) => {
        await start(values)
        setAsking(false)
      }}
    />
  )
  return { ask, busy, refusal, dialog }
}
