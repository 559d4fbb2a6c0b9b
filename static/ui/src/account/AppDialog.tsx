import { useEffect, useState } from "react"
import { failureText, fieldErrors } from "../api/fieldErrors"
import { Button } from "../shared/Button"
import { CopyField } from "../shared/CopyField"
import { Dialog } from "../shared/Dialog"
import { Field, TextInput } from "../shared/Field"
import { Note } from "../shared/Note"
import { SkeletonRows } from "../shared/Skeleton"
import { addApp, beginApp, type AppBegun, type Codes } from "./identityApi"

interface Props {
  onAdded: (codes: Codes) => Promise<void>
  onClose: () => void
}

/** A picture to scan, then a code to show that it was scanned. */
export function AppDialog({ onAdded, onClose }: Props) {
  const [begun, setBegun] = useState<AppBegun | null>(null)
  const [code, setCode] = useState("")
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  useEffect(() => {
    let here = true
    beginApp().then(
      (answer) => here && setBegun(answer),
      (problem: unknown) => here && setFailure(problem),
    )
    return () => {
      here = false
    }
  }, [])
  const submit = async () => {
    if (busy || !code.trim()) return
    setBusy(true)
    setFailure(null)
    try {
      await onAdded(await addApp(code.trim()))
    } catch (problem) {
      setFailure(problem)
      setBusy(false)
    }
  }
  const atField = fieldErrors(failure).code
  return (
    <Dialog
      open
      onClose={onClose}
      title="Set up an authenticator app"
      width={560}
      onSubmit={() => void submit()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            submit
            busy={busy}
            disabledReason={(!begun || !code.trim()) && "Type the code that the app shows."}
          >
            Set up
          </Button>
        </>
      }
    >
      {begun ? (
        <div className="app-setup">
          <img src={begun.picture} alt="A QR code for your authenticator app" />
          <div>
            <p className="sm muted">Scan the picture with your app, or type this key into it.</p>
            <CopyField label="Key" text={begun.secret} />
            <Field label="Code" required hint="The six digits that the app shows now." error={atField}>
              {(control) => (
                <TextInput
                  {...control}
                  data-autofocus
                  inputMode="numeric"
                  autoComplete="one-time-code"
                  maxLength={12}
                  value={code}
                  onChange={(event) => setCode(event.target.value)}
                />
              )}
            </Field>
          </div>
        </div>
      ) : (
        failure === null && <SkeletonRows rows={4} />
      )}
      {failure !== null && !atField && (
        <Note kind="bad">{failureText(failure, "The app could not be set up.")}</Note>
      )}
    </Dialog>
  )
}
