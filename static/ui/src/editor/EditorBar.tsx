import { useQueryClient } from "@tanstack/react-query"
import { lazy, Suspense, useState } from "react"
import { Link } from "wouter"
import type { Workflow } from "../api/types"
import { useViewer, viewedReason } from "../api/viewing"
import { Crumbs } from "../shell/Crumbs"
import { Topbar } from "../shell/Topbar"
import { Button } from "../shared/Button"
import { plural } from "../shared/format"
import { ViewAsButton } from "../viewas/ViewAsButton"
import { SaveMark } from "./SaveMark"
import { useSession, useUi } from "./SessionContext"
import type { RunningDraft } from "./useRunDraft"

const PublishDialog = lazy(() => import("./PublishDialog"))

interface Props {
  workflow: Workflow
  running: RunningDraft
}

/** Where one is, whether it is saved, and the two things to do with it: run, publish. */
export function EditorBar({ workflow, running }: Props) {
  const session = useSession()
  const client = useQueryClient()
  const [publishing, setPublishing] = useState(false)
  const errors = useUi((ui) => ui.problems.filter((problem) => problem.severity === "error").length)
  const mayPublish = workflow.can.includes("workflow.publish")
  const viewer = useViewer()
  const refusal = viewer
    ? viewedReason(viewer, "workflow.publish")
    : !mayPublish
      ? "Your role may not publish."
      : errors
        ? `Mend ${plural(errors, "error")} to publish.`
        : null
  return (
    <>
      <Topbar
        actions={
          <>
            <ViewAsButton before={() => session.autosave.flush()} />
            <Button
              icon="play"
              busy={running.busy}
              disabledReason={running.refusal}
              onClick={() => running.ask()}
              title="Run (Ctrl Enter)"
            >
              Run
            </Button>
            {(session.editable || viewer) && (
              <Button variant="primary" disabledReason={refusal} onClick={() => setPublishing(true)}>
                Publish
              </Button>
            )}
          </>
        }
      >
        <Crumbs items={[{ label: "Workflows", href: "/workflows" }, { label: workflow.name }]} />
        <SaveMark published={workflow.published_version} />
        <nav className="seg editor-seg" aria-label="Workflow">
          <span className="is-on" aria-current="page">
            Editor
          </span>
          <Link href={`/runs?workflow=${workflow.id}`}>Runs</Link>
        </nav>
      </Topbar>
      {publishing && (
        <Suspense>
          <PublishDialog
            workflow={workflow}
            onClose={() => setPublishing(false)}
            onPublished={() => void client.invalidateQueries({ queryKey: ["workflow", workflow.id] })}
          />
        </Suspense>
      )}
    </>
  )
}
