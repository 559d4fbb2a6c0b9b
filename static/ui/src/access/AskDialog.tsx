import { useState } from "react"
import { failureText, fieldErrors } from "../api/fieldErrors"
import { useRefresh } from "../api/pages"
import { ApiProblem } from "../api/problem"
import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { Note } from "../shared/Note"
import { Prose } from "../shared/Prose"
import { toast } from "../shared/toast"
import { askFor } from "./api"
import { ReasonField } from "./ReasonField"
import type { Denial } from "./types"

/** Why one needs what was refused; those who decide about access read it. */
export default function AskDialog({ denial, onClose }: { denial: Denial; onClose: () => void }) {
  const refresh = useRefresh("access-requests", "me")
  const [reason, setReason] = useState("")
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const lacks = !reason.trim() && "Say what you need it for."
  const ask = async () => {
    if (lacks || busy) return
    setBusy(true)
    setFailure(null)
    try {
      await askFor(denial, reason.trim())
      toast("Asked. The answer will stand under Requests.", { icon: "lock" })
      await refresh()
      onClose()
    } catch (problem) {
      setFailure(problem)
      setBusy(false)
    }
  }
  const known = failure instanceof ApiProblem && failure.status === 409
  return (
    <Dialog
      open
      onClose={onClose}
      title="Ask for access"
      onSubmit={() => void ask()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" submit busy={busy} disabledReason={lacks}>
            Ask
          </Button>
        </>
      }
    >
      <p className="sm muted">
        <Prose text={denial.reason} />
      </p>
      <ReasonField
        label="What you need it for"
        hint="Those who decide about access read it, and it is kept in the audit."
        failure={failure}
        value={reason}
        onChange={setReason}
      />
      {failure !== null && !fieldErrors(failure).reason && (
        <Note kind={known ? "info" : "bad"}>{failureText(failure, "It could not be asked.")}</Note>
      )}
    </Dialog>
  )
}
