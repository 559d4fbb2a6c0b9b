import { useQueryClient } from "@tanstack/react-query"
import { createContext, lazy, useContext, useState, type ReactNode } from "react"
import { ApiProblem } from "../api/problem"
import type { Workflow } from "../api/types"
import { useViewer, viewedReason } from "../api/viewing"
import { announce } from "../shared/announce"
import {
  asParameters,
  asRunParameters,
  openInputsIn,
  openInputsOf,
  type OpenInput,
} from "../shared/parameters/openInputs"
import { toast } from "../shared/toast"
import { readRun, startDraftRun } from "./api"
import { outerOf, type PartMode } from "./partialRuns"
import { asGraphProblem } from "./problems"
import { useSession } from "./SessionContext"

const RunParametersDialog = lazy(() => import("../workflows/RunParametersDialog"))

/** A run of a part of the graph: to, from or only this step. */
export interface Part {
  mode: PartMode
  node: string
}

export interface RunningDraft {
  workflow: Workflow
  /** Starts at once, or asks for parameters first where the workflow has some. Without a part all of it runs. */
  ask: (part?: Part) => void
  busy: boolean
  refusal: string | null
  dialog: ReactNode
}

interface Asking {
  part: Part | undefined
  /** Inputs of steps that nothing feeds, once a run was refused for them. */
  open: readonly OpenInput[]
  /** What was entered before that. */
  given?: Record<string, unknown>
}

/** Runs a snapshot of the draft, saved before, and draws the run on the canvas. */
export function useRunDraft(workflow: Workflow): RunningDraft {
  const session = useSession()
  const client = useQueryClient()
  const [asking, setAsking] = useState<Asking | null>(null)
  const [busy, setBusy] = useState(false)
  const viewer = useViewer()
  const refusal = viewer
    ? viewedReason(viewer, "workflow.run")
    : workflow.can.includes("workflow.run")
      ? null
      : "Your role may not run workflows."
  const parameters = session.editor.graph.parameters ?? []

  const start = async (parameters: Record<string, unknown>, part: Part | undefined) => {
    await session.autosave.flush()
    const scope = part && { mode: part.mode, node: outerOf(session.editor.graph, part.node) }
    const run = await startDraftRun(workflow.id, { parameters, ...scope })
    session.statuses.reset()
    if (part)
      session.live.show(await readRun(run.id)) // it tells which steps take part
    else session.live.start(run)
    announce(`Run ${run.number} started`)
    void client.invalidateQueries({ queryKey: ["runs"] })
    void client.invalidateQueries({ queryKey: ["workflows"] })
    void client.invalidateQueries({ queryKey: ["workflow", workflow.id] })
  }

  const begin = async (part: Part | undefined) => {
    setBusy(true)
    try {
      await session.autosave.flush() // what is missing is told of the draft as it stands
      const { graph } = session.editor
      // Of a part the server knows best what it needs: it is asked when that is missing.
      const open = part ? [] : openInputsOf(graph, session.ui.getState().problems)
      if (open.length || graph.parameters?.length) setAsking({ part, open })
      else await start({}, part)
    } catch (reason) {
      const open = openInputsIn(reason)
      if (open.length) setAsking({ part, open })
      else showRefusal(reason)
    } finally {
      setBusy(false)
    }
  }

  /** Problems with a place go to the drawer; anything else is said. */
  const showRefusal = (reason: unknown) => {
    const located = reason instanceof ApiProblem ? reason.errors.filter((error) => error.node) : []
    if (located.length) {
      session.adoptProblems(located.map(asGraphProblem))
      session.ui.setState({ drawerOpen: true, pythonOpen: false })
    }
    toast(reason instanceof Error ? reason.message : "The run could not be started.", { icon: "warn" })
  }

  const ask = (part?: Part) => {
    if (refusal) toast(refusal, { icon: "lock" })
    if (refusal || busy) return
    session.ui.setState({ newSteps: new Set() })
    void begin(part)
  }

  const dialog = asking && (
    <RunParametersDialog
      key={asking.open.length}
      name={workflow.name}
      parameters={[...parameters, ...asParameters(asking.open)]}
      given={asking.given}
      onClose={() => setAsking(null)}
      onRun={async (values) => {
        try {
          await start(asRunParameters(values, asking.open), asking.part)
          setAsking(null)
        } catch (reason) {
          const open = openInputsIn(reason)
          if (!open.length || asking.open.length) throw reason
          setAsking({ ...asking, open, given: values })
        }
      }}
    />
  )
  return { workflow, ask, busy, refusal, dialog }
}

/** The editor's way to run, for what stands deeper in it. */
export const RunningContext = createContext<RunningDraft | null>(null)

export function useRunning(): RunningDraft {
  const running = useContext(RunningContext)
  if (!running) throw new Error("Only the editor runs drafts.")
  return running
}
