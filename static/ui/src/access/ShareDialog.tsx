import { useState } from "react"
import { failureText, fieldErrors } from "../api/fieldErrors"
import type { Workflow } from "../api/types"
import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { Field, SelectInput, TextArea, TextInput } from "../shared/Field"
import { Note } from "../shared/Note"
import { RadioList } from "../shared/RadioList"
import { Segmented } from "../shared/Segmented"
import { toast } from "../shared/toast"
import { share, useRefreshAccess, useRoles } from "./api"
import { actionsOf, BUNDLES, type Bundle } from "./bundles"
import { ENDS, endOf, type End } from "./ends"

const TARGETS = [
  { value: "person", label: "A person" },
  { value: "role", label: "A role" },
] as const

const SHOWN = ["email", "role", "actions", "expires_at", "reason"]

/** Lets somebody do more with this one workflow than roles and policies allow. A policy that forbids still does. */
export default function ShareDialog({ workflow, onClose }: { workflow: Workflow; onClose: () => void }) {
  const refresh = useRefreshAccess()
  const [target, setTarget] = useState<"person" | "role">("person")
  const [email, setEmail] = useState("")
  const roles = useRoles()
  const [chosenRole, setRole] = useState<string | null>(null)
  const role = chosenRole ?? roles[0]?.value ?? ""
  const [bundle, setBundle] = useState<Bundle>("see")
  const [end, setEnd] = useState<End>("week")
  const [reason, setReason] = useState("")
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const errors = fieldErrors(failure)
  const lacks = target === "person" && !email.trim() && "Say with whom: an e-mail address."
  const give = async () => {
    if (lacks || busy) return
    setBusy(true)
    setFailure(null)
    try {
      await share(workflow.id, {
        ...(target === "person" ? { email: email.trim() } : { role }),
        actions: actionsOf(bundle),
        expires_at: endOf(end, new Date()),
        reason: reason.trim(),
      })
      await refresh()
      toast(`“${workflow.name}” is shared.`, { icon: "user" })
      onClose()
    } catch (problem) {
      setFailure(problem)
      setBusy(false)
    }
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Share “${workflow.name}”`}
      width={520}
      onSubmit={() => void give()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" submit busy={busy} disabledReason={lacks}>
            Share
          </Button>
        </>
      }
    >
      <Segmented label="With whom" options={TARGETS} value={target} onChange={setTarget} />
      {target === "person" ? (
        <Field label="E-mail address" required error={errors.email} hint="Of somebody in this workspace.">
          {(control) => (
            <TextInput
              {...control}
              type="email"
              data-autofocus
              autoComplete="off"
              value={email}
              onChange={({ target: input }) => setEmail(input.value)}
            />
          )}
        </Field>
      ) : (
        <Field label="Role" error={errors.role}>
          {(control) => (
            <SelectInput
              {...control}
              choices={roles}
              value={role}
              onChange={({ target: input }) => setRole(input.value)}
            />
          )}
        </Field>
      )}
      <RadioList label="To" choices={BUNDLES} value={bundle} onChange={setBundle} />
      <Field label="Ends" error={errors.expires_at}>
        {(control) => (
          <SelectInput
            {...control}
            choices={ENDS}
            value={end}
            onChange={({ target: input }) => setEnd(input.value as End)}
          />
        )}
      </Field>
      <Field label="Reason" error={errors.reason} hint="It is kept with the grant and in the audit.">
        {(control) => (
          <TextArea
            {...control}
            rows={2}
            maxLength={1_000}
            value={reason}
            onChange={({ target: input }) => setReason(input.value)}
          />
        )}
      </Field>
      {errors.actions && <Note kind="bad">{errors.actions}</Note>}
      {failure !== null && !SHOWN.some((field) => field in errors) && (
        <Note kind="bad">{failureText(failure, "It could not be shared.")}</Note>
      )}
    </Dialog>
  )
}
