import { useState } from "react"
import { failureText } from "../api/fieldErrors"
import { useMe } from "../api/me"
import { Button } from "../shared/Button"
import { ConfirmDialog } from "../shared/ConfirmDialog"
import { toast } from "../shared/toast"
import { changeMember, useRefreshPeople } from "./api"
import type { Member } from "./types"

/** Closes the account, or opens it again. */
export function Deactivation({ person }: { person: Member }) {
  const refresh = useRefreshPeople()
  const me = useMe()
  const [asking, setAsking] = useState(false)
  const [busy, setBusy] = useState(false)
  const name = person.name || person.email
  const change = async (is_active: boolean) => {
    await changeMember(person.id, { is_active })
    await refresh()
    toast(is_active ? `${name} can sign in again.` : `${name} is out.`, { icon: "user" })
  }
  const activate = async () => {
    setBusy(true)
    try {
      await change(true)
    } catch (problem) {
      toast(failureText(problem, "It did not work."), { icon: "warn" })
    } finally {
      setBusy(false)
    }
  }
  if (!person.is_active) {
    return (
      <section className="deactivation">
        <p className="sm muted">Cannot sign in. Sessions and tokens do not work.</p>
        <Button busy={busy} onClick={() => void activate()}>
          Activate again
        </Button>
      </section>
    )
  }
  return (
    <section className="deactivation">
      <p className="sm muted">Who is deactivated is signed out everywhere, and keeps roles and attributes.</p>
      <Button
        variant="danger"
        icon="ban"
        disabledReason={me?.id === person.id && "Your own account somebody else has to deactivate."}
        onClick={() => setAsking(true)}
      >
        Deactivate
      </Button>
      {asking && (
        <ConfirmDialog
          title={`Deactivate ${name}`}
          action="Deactivate"
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            await change(false)
            setAsking(false)
          }}
        >
          <p>
            Their open pages end at once with the reason, and their tokens stop working. What they made stays.
          </p>
        </ConfirmDialog>
      )}
    </section>
  )
}
