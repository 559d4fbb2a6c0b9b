import { useState } from "react"
import { failureText, fieldErrors } from "../api/fieldErrors"
import { ApiProblem } from "../api/problem"
import type { WaitingProof } from "../api/proof"
import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { Field, TextInput } from "../shared/Field"
import { Note } from "../shared/Note"
import { hasPasskeys } from "./passkeys"
import { givePasskey, giveProof } from "./proofApi"

/** A code, a passkey or the password; then what was asked goes on. */
export default function StepUpDialog({ waiting }: { waiting: WaitingProof }) {
  const { methods, message, settle } = waiting
  const takesCode = methods.includes("totp") || methods.includes("recovery_code")
  const takesPassword = methods.includes("password")
  const takesPasskey = methods.includes("passkey") && hasPasskeys()
  const [typed, setTyped] = useState("")
  const [busy, setBusy] = useState<"typed" | "passkey" | null>(null)
  const [failure, setFailure] = useState<unknown>(null)
  const field = takesPassword ? "password" : "code"
  const prove = async (how: "typed" | "passkey", give: () => Promise<unknown>) => {
    if (busy) return
    setBusy(how)
    setFailure(null)
    try {
      await give()
      settle(true)
    } catch (problem) {
      setFailure(problem)
      setBusy(null)
    }
  }
  const atField = fieldErrors(failure)[field]
  return (
    <Dialog
      open
      onClose={() => settle(false)}
      title="Is it you?"
      onSubmit={() => {
        const given = takesPassword ? typed : typed.trim()
        if (given) void prove("typed", () => giveProof({ [field]: given }))
      }}
      footer={
        <>
          <Button onClick={() => settle(false)}>Cancel</Button>
          {takesPasskey && (
            <Button
              icon="key"
              variant={takesCode ? "default" : "primary"}
              busy={busy === "passkey"}
              onClick={() => void prove("passkey", givePasskey)}
            >
              Use a passkey
            </Button>
          )}
          {(takesCode || takesPassword) && (
            <Button
              variant="primary"
              submit
              busy={busy === "typed"}
              disabledReason={!typed.trim() && (takesPassword ? "Type your password." : "Type a code.")}
            >
              Go on
            </Button>
          )}
        </>
      }
    >
      <p className="sm muted">{message}</p>
      {(takesCode || takesPassword) && (
        <Field
          label={takesPassword ? "Password" : "Code"}
          hint={takesPassword ? undefined : "From your authenticator app, or a recovery code."}
          error={atField}
        >
          {(control) => (
            <TextInput
              {...control}
              data-autofocus
              type={takesPassword ? "password" : "text"}
              inputMode={takesPassword ? undefined : "numeric"}
              autoComplete={takesPassword ? "current-password" : "one-time-code"}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          )}
        </Field>
      )}
      {failure !== null && !atField && <Note kind="bad">{wordsOf(failure)}</Note>}
    </Dialog>
  )
}

/** The browser's own words for a passkey that was not used help nobody. */
function wordsOf(failure: unknown): string {
  if (failure instanceof ApiProblem) return failureText(failure, "It did not work.")
  return "The passkey was not used. Try again."
}
