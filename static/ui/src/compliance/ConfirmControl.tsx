import { useState } from "react"
import { failureText, fieldErrors, NO_ERRORS } from "../api/fieldErrors"
import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { Field, TextArea } from "../shared/Field"
import { Note } from "../shared/Note"
import { toast } from "../shared/toast"
import { confirmControl, useRefreshCompliance } from "./api"
import type { ShownControl } from "./words"

/** A person stands for what no table can tell. */
export function ConfirmControl({ control, onClose }: { control: ShownControl; onClose: () => void }) {
  const refresh = useRefreshCompliance()
  const [note, setNote] = useState("")
  const [busy, setBusy] = useState(false)
  const [errors, setErrors] = useState(NO_ERRORS)
  const [failure, setFailure] = useState<string | null>(null)
  const reason = !note.trim() && "Say how you know."
  const save = async () => {
    if (busy || reason) return
    setBusy(true)
    try {
      await confirmControl(control.key, note.trim())
      await refresh()
      toast(`You confirmed “${control.title}”.`)
      onClose()
    } catch (refusal) {
      setErrors(fieldErrors(refusal))
      setFailure(failureText(refusal, "It could not be confirmed."))
      setBusy(false)
    }
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={control.title}
      onSubmit={() => void save()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" submit busy={busy} disabledReason={reason}>
            Confirm
          </Button>
        </>
      }
    >
      <p className="sm muted">{control.finding}</p>
      <Field
        label="How you know"
        required
        hint="What was done, when, and where it is written down. It stands in reports with your name, for a year."
        error={errors.note}
      >
        {(field) => (
          <TextArea
            {...field}
            data-autofocus
            maxLength={1_000}
            value={note}
            onChange={({ target }) => setNote(target.value)}
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
