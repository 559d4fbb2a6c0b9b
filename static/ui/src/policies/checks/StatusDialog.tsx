import { useState } from "react"
import { failureText } from "../../api/fieldErrors"
import { ApiProblem } from "../../api/problem"
import { Button } from "../../shared/Button"
import { Dialog } from "../../shared/Dialog"
import { Field, TextArea } from "../../shared/Field"
import { Note } from "../../shared/Note"
import { activate } from "../api"
import type { Activation, Policy } from "../types"

interface Props {
  policy: Policy
  status: Activation["status"]
  onDone: (policy: Policy) => void
  onClose: () => void
}

const WORDS = {
  active: { title: "Activate", button: "Activate" },
  shadow: { title: "Run in shadow", button: "Run in shadow" },
  disabled: { title: "Take out of force", button: "Take out of force" },
} as const

/** Before a policy decides, or stops deciding: what happens, and why, which is kept with the revision. */
export function StatusDialog({ policy, status, onDone, onClose }: Props) {
  const [note, setNote] = useState("")
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const { title, button } = WORDS[status]
  const withDraft = policy.draft !== null && status !== "disabled"
  const confirm = async () => {
    if (busy) return
    setBusy(true)
    setFailure(null)
    try {
      const { id, revision, draft_version } = policy
      const draft = withDraft ? { draft: true, draft_version } : {}
      onDone(await activate(id, { status, revision, note: note.trim(), ...draft }))
    } catch (reason) {
      setFailure(reason)
      setBusy(false)
    }
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={`${title}: “${policy.draft?.document.label ?? policy.label}”`}
      onSubmit={() => void confirm()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant={status === "disabled" ? "danger" : "primary"} submit busy={busy}>
            {button}
          </Button>
        </>
      }
    >
      <p className="sm muted">{effectWords(policy, status, withDraft)}</p>
      <Field label="Note" hint="Why. It stays with the revision.">
        {(control) => (
          <TextArea
            {...control}
            data-autofocus
            rows={2}
            maxLength={1_000}
            value={note}
            onChange={({ target }) => setNote(target.value)}
          />
        )}
      </Field>
      {failure !== null && <Refusal failure={failure} />}
    </Dialog>
  )
}

function effectWords(policy: Policy, status: Activation["status"], withDraft: boolean): string {
  const next = `revision ${policy.revision + 1}`
  if (status === "disabled")
    return `From the next request on it decides nothing. That is ${next}; the rule itself stays as it is.`
  const what = withDraft ? `The draft becomes ${next}` : `It is in force as it is, as ${next}`
  if (status === "active") return `${what} and decides from the next request on. Open pages follow.`
  return policy.in_force
    ? `${what} and is only watched: the policy stops deciding, and what it would have decided is logged.`
    : `${what} and is only watched: what it would have decided is logged, and nothing is decided by it.`
}

function Refusal({ failure }: { failure: unknown }) {
  const failed = failure instanceof ApiProblem ? failure.body.failed : null
  const tests = Array.isArray(failed) ? (failed as { name: string; reason: string }[]) : []
  return (
    <div className="dialog-note">
      <Note kind="bad">
        {tests.length > 0
          ? "It was not set in force, because tests fail."
          : failureText(failure, "It was refused.")}
        {tests.length > 0 && (
          <ul>
            {tests.map(({ name, reason }) => (
              <li key={name}>
                <b className="med">{name}</b>: {reason}
              </li>
            ))}
          </ul>
        )}
      </Note>
    </div>
  )
}
