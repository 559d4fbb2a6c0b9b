import { useState } from "react"
import { useLocation } from "wouter"
import type { Workflow } from "../api/types"
import { fileNameOf, saveText } from "../shared/download"
import { openInputsIn } from "../shared/parameters/openInputs"
import { toast } from "../shared/toast"
import {
  duplicateWorkflow,
  readExport,
  readScriptOf,
  readGraphToRun,
  startRun,
  useRefreshWorkflows,
} from "./api"
import type { WorkflowIntent } from "./rowActions"
import type { OpenDialog } from "./WorkflowDialogs"

async function save(workflow: Workflow): Promise<void> {
  const exported = await readExport(workflow.id)
  saveText(JSON.stringify(exported, null, 2), fileNameOf(workflow.name, "json"))
}

async function saveScript(workflow: Workflow): Promise<void> {
  saveText(await readScriptOf(workflow.id), fileNameOf(workflow.name, "py"), "text/x-python")
}

/** What happens when a row's action is chosen. Dialogs are opened, the rest is done at once. */
export function useWorkflowIntents(openDialog: (dialog: OpenDialog) => void) {
  const [, navigate] = useLocation()
  const [busyId, setBusyId] = useState<string | null>(null)
  const refresh = useRefreshWorkflows()

  const run = async (workflow: Workflow) => {
    const graph = await readGraphToRun(workflow)
    if (graph.parameters?.length)
      return openDialog({ kind: "run", workflow, parameters: graph.parameters, open: [] })
    try {
      const started = await startRun(workflow)
      navigate(`/runs/${started.id}`)
    } catch (reason) {
      const open = openInputsIn(reason)
      if (!open.length) throw reason
      openDialog({ kind: "run", workflow, parameters: [], open })
    }
  }
  const duplicate = async (workflow: Workflow) => {
    const copy = await duplicateWorkflow(workflow)
    await refresh()
    toast(`“${copy.name}” is here.`, {
      action: { label: "Open", run: () => navigate(`/workflows/${copy.id}`) },
    })
  }
  const busily = async (workflow: Workflow, work: (workflow: Workflow) => Promise<void>) => {
    setBusyId(workflow.id)
    try {
      await work(workflow)
    } catch (error) {
      toast(error instanceof Error ? error.message : "It did not work.", { icon: "warn" })
    } finally {
      setBusyId(null)
    }
  }
  const act = (intent: WorkflowIntent, workflow: Workflow) => {
    if (intent === "open") navigate(`/workflows/${workflow.id}`)
    else if (intent === "export") void busily(workflow, save)
    else if (intent === "script") void busily(workflow, saveScript)
    else if (intent === "run") void busily(workflow, run)
    else if (intent === "duplicate") void busily(workflow, duplicate)
    else openDialog({ kind: intent, workflow })
  }
  return { busyId, act }
}
