import { lazy, Suspense } from "react"
import { useLocation } from "wouter"
import type { ParameterDocument, Workflow } from "../api/types"
import { ConfirmDialog } from "../shared/ConfirmDialog"
import { asParameters, asRunParameters, type OpenInput } from "../shared/parameters/openInputs"
import { toast } from "../shared/toast"
import { createWorkflow, deleteWorkflow, startRun, updateWorkflow, useRefreshWorkflows } from "./api"
import { ImportDialog } from "./ImportDialog"
import { NameDialog } from "./NameDialog"

const OperationsDialog = lazy(() => import("../operations/OperationsDialog"))
const RunParametersDialog = lazy(() => import("./RunParametersDialog"))

export type OpenDialog =
  | { kind: "new" }
  | { kind: "import" }
  | { kind: "rename"; workflow: Workflow }
  | { kind: "operations"; workflow: Workflow }
  | { kind: "delete"; workflow: Workflow }
  | { kind: "run"; workflow: Workflow; parameters: readonly ParameterDocument[]; open: readonly OpenInput[] }

interface Props {
  dialog: OpenDialog
  onClose: () => void
}

/** The dialogs of the workflow list; one at a time. */
export function WorkflowDialogs({ dialog, onClose }: Props) {
  const [, navigate] = useLocation()
  const refresh = useRefreshWorkflows()
  const done = async () => {
    await refresh()
    onClose()
  }
  switch (dialog.kind) {
    case "new":
      return (
        <NameDialog
          title="New workflow"
          action="Create"
          start={{ name: "", description: "" }}
          onClose={onClose}
          onSubmit={async ({ name, description }) => {
            const made = await createWorkflow(name, undefined, description)
            void refresh()
            navigate(`/workflows/${made.id}`)
          }}
        />
      )
    case "import":
      return (
        <ImportDialog
          onClose={onClose}
          onImported={(made) => {
            void refresh()
            navigate(`/workflows/${made.id}`)
          }}
        />
      )
    case "rename":
      return (
        <NameDialog
          title="Name and description"
          action="Save"
          start={{ name: dialog.workflow.name, description: dialog.workflow.description }}
          onClose={onClose}
          onSubmit={async (values) => {
            await updateWorkflow(dialog.workflow.id, values)
            await done()
          }}
        />
      )
    case "operations":
      return (
        <Suspense>
          <OperationsDialog
            workflow={dialog.workflow}
            editable={dialog.workflow.can.includes("workflow.edit")}
            onClose={onClose}
          />
        </Suspense>
      )
    case "delete":
      return (
        <ConfirmDialog
          title={`Delete “${dialog.workflow.name}”`}
          action="Delete"
          onClose={onClose}
          onConfirm={async () => {
            await deleteWorkflow(dialog.workflow.id)
            toast(`“${dialog.workflow.name}” is deleted.`, { icon: "trash" })
            await done()
          }}
        >
          <p>{deleteEffect(dialog.workflow)}</p>
        </ConfirmDialog>
      )
    case "run":
      return (
        <Suspense>
          <RunParametersDialog
            name={dialog.workflow.name}
            parameters={[...dialog.parameters, ...asParameters(dialog.open)]}
            onClose={onClose}
            onRun={async (values) => {
              const started = await startRun(dialog.workflow, asRunParameters(values, dialog.open))
              navigate(`/runs/${started.id}`)
            }}
          />
        </Suspense>
      )
  }
}

function deleteEffect(workflow: Workflow): string {
  const versions = workflow.published_version ?? 0
  const kept = "Its past runs stay in the run list."
  if (versions === 0) return `The draft goes for good. ${kept}`
  return `The draft and ${versions === 1 ? "its published version" : `all ${versions} published versions`} go for good. ${kept}`
}
