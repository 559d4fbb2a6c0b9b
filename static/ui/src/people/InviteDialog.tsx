import { useState } from "react"
import { useRoles } from "../access/api"
import { failureText, fieldErrors } from "../api/fieldErrors"
import { Button } from "../shared/Button"
import { CopyField } from "../shared/CopyField"
import { Dialog } from "../shared/Dialog"
import { Field, TextInput } from "../shared/Field"
import { moment } from "../shared/format"
import { Note } from "../shared/Note"
import { invite, useRefreshPeople } from "./api"
import { RoleChoice } from "./RoleChoice"
import type { Invited } from "./types"

interface Props {
  /** Of an earlier invitation, to be sent again. */
  email?: string
  roles?: readonly string[]
  onClose: () => void
}

/** Asks somebody to join. The link is shown once, for where no e-mail can be sent. */
export function InviteDialog({ email: first = "", roles: given = [], onClose }: Props) {
  const refresh = useRefreshPeople()
  const known = useRoles()
  const [email, setEmail] = useState(first)
  const [roles, setRoles] = useState<readonly string[]>(given)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const [made, setMade] = useState<Invited | null>(null)
  const errors = fieldErrors(failure)
  const lacks = !email.trim() && "Say whom: an e-mail address."
  const ask = async () => {
    if (lacks || busy) return
    setBusy(true)
    setFailure(null)
    try {
      setMade(await invite(email.trim(), [...roles]))
      await refresh()
    } catch (problem) {
      setFailure(problem)
    } finally {
      setBusy(false)
    }
  }
  if (made) return <Made invited={made} onClose={onClose} />
  return (
    <Dialog
      open
      onClose={onClose}
      title="Invite somebody"
      width={520}
      onSubmit={() => void ask()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" submit busy={busy} disabledReason={lacks}>
            Invite
          </Button>
        </>
      }
    >
      <Field
        label="E-mail address"
        required
        error={errors.email}
        hint="They sign in with it. An earlier invitation of this address stops working."
      >
        {(control) => (
          <TextInput
            {...control}
            type="email"
            data-autofocus
            autoComplete="off"
            value={email}
            onChange={({ target }) => setEmail(target.value)}
          />
        )}
      </Field>
      <RoleChoice label="Roles" roles={known} chosen={roles} error={errors.roles} onChange={setRoles} />
      {failure !== null && !errors.email && !errors.roles && (
        <Note kind="bad">{failureText(failure, "Nobody was invited.")}</Note>
      )}
    </Dialog>
  )
}

function Made({ invited, onClose }: { invited: Invited; onClose: () => void }) {
  return (
    <Dialog
      open
      onClose={onClose}
      title={`${invited.email} is invited`}
      width={520}
      footer={
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <Note kind={invited.is_mailed ? "ok" : "warn"} icon="mail">
        {invited.is_mailed
          ? "The link is on its way by e-mail."
          : `No e-mail went out: ${invited.mail_problem} Send them the link yourself.`}
      </Note>
      <CopyField
        label="Link"
        text={invited.link}
        hint={`It is shown here only, works once, and ends ${moment(invited.expires_at)}.`}
      />
    </Dialog>
  )
}
