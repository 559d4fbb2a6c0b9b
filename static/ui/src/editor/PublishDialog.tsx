import { useState } from "react"
import { ApiProblem } from "../api/problem"
import type { Workflow } from "../api/types"
import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { Field, TextArea } from "../shared/Field"
import { Note } from "../shared/Note"
import { plural } from "../shared/format"
import { toast } from "../shared/toast"
import { publishDraft } from "./api"
import { asGraphProblem } from "./problems"
import { useSession, useUi } from "./SessionContext"

interface Props {
  workflow: Workflow
  onClose: () => void
  onPublished: () => void
}

/** Makes a version of the draft, with a note on what changed. */
export default function PublishDialog({ workflow, onClose, onPublished }: Props) {
  const session = useSession()
  const [note, setNote] = useState("")
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const warnings = useUi((ui) => ui.problems.filter((problem) => problem.severity === "warning").length)
  const next = (workflow.published_version ?? 0) + 1

  const publish = async () => {
    setBusy(true)
    setFailure(null)
    try {
      await session.autosave.flush()
      const version = await publishDraft(workflow.id, note.trim())
      toast(`Version ${version.number} is published`)
      onPublished()
      onClose()
    } catch (reason) {
      if (reason instanceof ApiProblem && reason.errors.some((error) => error.node)) {
        session.adoptProblems(reason.errors.map(asGraphProblem))
        session.ui.setState({ drawerOpen: true, pythonOpen: false })
      }
      setFailure(reason instanceof Error ? reason.message : "It could not be published.")
      setBusy(false)
    }
  }

  return (
    <Dialog
      open
      onClose={onClose}
      title={`Publish version ${next}`}
      onSubmit={() => void publish()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" submit busy={busy}>
            Publish
          </Button>
        </>
      }
    >
      <p>
        The draft becomes version {next} and can't be changed any more. New runs of the published workflow use
        it; runs under way stay on theirs.
        {warnings > 0 && ` ${plural(warnings, "warning")} will go with it.`}
      </p>
      <Field label="What changed">
        {(control) => (
          <TextArea
            {...control}
            data-autofocus
            maxLength={2_000}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
        )}
      </Field>
      {failure && (
        <div className="dialog-note">
          <Note kind="bad">{failure}</Note>
        </div>
      )}
    </Dialog>
  )
}
