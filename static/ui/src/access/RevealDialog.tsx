import { useState } from "react"
import { failureText, fieldErrors } from "../api/fieldErrors"
import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { Field, SelectInput } from "../shared/Field"
import { Note } from "../shared/Note"
import { reveal } from "./api"
import { ReasonField } from "./ReasonField"

interface Props {
  run: string
  /** The path of the node. */
  node: string
  onDone: () => Promise<unknown>
  onClose: () => void
}

const MINUTES = [
  { value: "5", label: "5 minutes" },
  { value: "10", label: "10 minutes" },
  { value: "30", label: "30 minutes" },
  { value: "60", label: "1 hour" },
]

/** Masked values of one node as they are stored: for a reason, for a while, and kept in the audit. */
export default function RevealDialog({ run, node, onDone, onClose }: Props) {
  const [reason, setReason] = useState("")
  const [minutes, setMinutes] = useState("10")
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const lacks = !reason.trim() && "Say why you need to see the values."
  const start = async () => {
    if (lacks || busy) return
    setBusy(true)
    setFailure(null)
    try {
      await reveal(run, node, reason.trim(), Number(minutes))
      await onDone()
      onClose()
    } catch (problem) {
      setFailure(problem)
      setBusy(false)
    }
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title="Reveal the values of this step"
      onSubmit={() => void start()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" icon="eye" submit busy={busy} disabledReason={lacks}>
            Reveal
          </Button>
        </>
      }
    >
      <p className="sm muted">
        You alone see what this step took, gave and wrote in this run as it is stored. That you looked, when
        and why is kept in the audit.
      </p>
      <ReasonField label="Reason" failure={failure} value={reason} onChange={setReason} />
      <Field label="For how long" error={fieldErrors(failure).minutes}>
        {(control) => (
          <SelectInput
            {...control}
            choices={MINUTES}
            value={minutes}
            onChange={({ target }) => setMinutes(target.value)}
          />
        )}
      </Field>
      {failure !== null && Object.keys(fieldErrors(failure)).length === 0 && (
        <Note kind="bad">{failureText(failure, "The values could not be revealed.")}</Note>
      )}
    </Dialog>
  )
}
