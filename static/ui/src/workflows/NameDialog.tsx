import { useState } from "react"
import { ApiProblem } from "../api/problem"
import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { Field, TextArea, TextInput } from "../shared/Field"
import { Note } from "../shared/Note"

export interface NameAndDescription {
  name: string
  description: string
}

interface Props {
  title: string
  action: string
  start: NameAndDescription
  onSubmit: (values: NameAndDescription) => Promise<void>
  onClose: () => void
}

/** Asks for a workflow's name and description, for a new one or an old one. */
export function NameDialog({ title, action, start, onSubmit, onClose }: Props) {
  const [values, setValues] = useState(start)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const name = values.name.trim()
  const submit = async () => {
    if (!name || busy) return
    setBusy(true)
    setError(null)
    try {
      await onSubmit({ name, description: values.description.trim() })
    } catch (reason) {
      setError(reason)
      setBusy(false)
    }
  }
  const problem = error instanceof ApiProblem ? error : null
  const nameError = problem?.errors.find((item) => item.field === "name")?.message
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      onSubmit={() => void submit()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" submit busy={busy} disabledReason={!name && "A workflow needs a name."}>
            {action}
          </Button>
        </>
      }
    >
      <Field label="Name" required error={nameError}>
        {(control) => (
          <TextInput
            {...control}
            data-autofocus
            maxLength={200}
            value={values.name}
            onChange={(event) => setValues({ ...values, name: event.target.value })}
          />
        )}
      </Field>
      <Field label="Description" hint="What it is for, in one line.">
        {(control) => (
          <TextArea
            {...control}
            rows={2}
            value={values.description}
            onChange={(event) => setValues({ ...values, description: event.target.value })}
          />
        )}
      </Field>
      {error !== null && !nameError && (
        <div className="dialog-note">
          <Note kind="bad">{error instanceof Error ? error.message : "It could not be saved."}</Note>
        </div>
      )}
    </Dialog>
  )
}
