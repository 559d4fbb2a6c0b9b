import { useState } from "react"
import { failureText, fieldErrors } from "../api/fieldErrors"
import { ApiProblem } from "../api/problem"
import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { Field, TextInput } from "../shared/Field"
import { Note } from "../shared/Note"
import { addPasskey, type Codes } from "./identityApi"

interface Props {
  onAdded: (codes: Codes) => Promise<void>
  onClose: () => void
}

/** A name for it; the browser does the rest. */
export function PasskeyDialog({ onAdded, onClose }: Props) {
  const [name, setName] = useState("")
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const lacks = !name.trim() && "Give it a name by which you know the device."
  const submit = async () => {
    if (busy || lacks) return
    setBusy(true)
    setFailure(null)
    try {
      await onAdded(await addPasskey(name.trim()))
    } catch (problem) {
      setFailure(problem)
      setBusy(false)
    }
  }
  const atField = fieldErrors(failure).name
  return (
    <Dialog
      open
      onClose={onClose}
      title="Add a passkey"
      onSubmit={() => void submit()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" icon="key" submit busy={busy} disabledReason={lacks}>
            Add passkey
          </Button>
        </>
      }
    >
      <Field label="Name" required hint="“Work laptop”, “Phone”." error={atField}>
        {(control) => (
          <TextInput
            {...control}
            data-autofocus
            maxLength={60}
            autoComplete="off"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      {failure !== null && !atField && <Note kind="bad">{wordsOf(failure)}</Note>}
    </Dialog>
  )
}

function wordsOf(failure: unknown): string {
  if (failure instanceof ApiProblem) return failureText(failure, "The passkey could not be kept.")
  if (failure instanceof DOMException && failure.name === "InvalidStateError")
    return "This device has a passkey of yours already."
  return "The browser made no passkey. Try again; passkeys work on https and on localhost."
}
