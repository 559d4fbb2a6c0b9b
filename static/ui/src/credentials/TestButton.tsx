import { useState } from "react"
import { failureText, fieldErrors, NO_ERRORS } from "../api/fieldErrors"
import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { Field, TextInput } from "../shared/Field"
import { Note } from "../shared/Note"
import { toast } from "../shared/toast"
import { testCredential, useRefreshCredentials } from "./api"
import type { Credential } from "./types"

/** Tries it: at once, or at an address where its kind does not say where it is taken. */
export function TestButton({ credential }: { credential: Credential }) {
  const refresh = useRefreshCredentials()
  const [asking, setAsking] = useState(false)
  const [busy, setBusy] = useState(false)
  const test = async (url: string) => {
    setBusy(true)
    try {
      const { test } = await testCredential(credential.id, url)
      toast(test?.ok ? `“${credential.name}” works.` : `“${credential.name}” does not work.`, {
        icon: test?.ok ? "check" : "warn",
      })
      await refresh()
    } finally {
      setBusy(false)
    }
  }
  const atOnce = () => {
    test("").catch((reason: unknown) =>
      toast(failureText(reason, "The test could not be made."), { icon: "warn" }),
    )
  }
  return (
    <>
      <Button icon="bolt" busy={busy} onClick={credential.needs_url ? () => setAsking(true) : atOnce}>
        Test
      </Button>
      {asking && <Address credential={credential} onTest={test} onClose={() => setAsking(false)} />}
    </>
  )
}

interface AddressProps {
  credential: Credential
  onTest: (url: string) => Promise<void>
  onClose: () => void
}

function Address({ credential, onTest, onClose }: AddressProps) {
  const [url, setUrl] = useState("")
  const [errors, setErrors] = useState(NO_ERRORS)
  const [failure, setFailure] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const send = async () => {
    if (busy) return
    setBusy(true)
    setErrors(NO_ERRORS)
    setFailure(null)
    try {
      await onTest(url.trim())
      onClose()
    } catch (reason) {
      const found = fieldErrors(reason)
      setErrors(found)
      if (!found.url) setFailure(failureText(reason, "The test could not be made."))
      setBusy(false)
    }
  }
  const isSigning = credential.type === "signing_secret"
  return (
    <Dialog
      open
      onClose={onClose}
      onSubmit={() => void send()}
      title={`Test “${credential.name}”`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" submit busy={busy}>
            Test
          </Button>
        </>
      }
    >
      <Field
        label="Address"
        required
        error={errors.url}
        hint={
          isSigning ? "A signed message that says it is a test is sent there." : "It is read there, by GET."
        }
      >
        {(control) => (
          <TextInput
            {...control}
            mono
            data-autofocus
            autoComplete="off"
            value={url}
            placeholder="https://api.example.com/me"
            onChange={(event) => setUrl(event.currentTarget.value)}
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
