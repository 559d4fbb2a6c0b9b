import { useState } from "react"
import { failureText, fieldErrors } from "../api/fieldErrors"
import { RoleChoice } from "../people/RoleChoice"
import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { Field, TextInput } from "../shared/Field"
import { Note } from "../shared/Note"
import { createRole, useRefreshRoles } from "./api"
import { keyFrom } from "./matrix"
import type { Role } from "./types"

interface Props {
  roles: readonly Role[]
  onClose: () => void
  onMade: (role: Role) => void
}

/** A new role: its name, and what it inherits. What it gives besides is set in the matrix. */
export function NewRoleDialog({ roles, onClose, onMade }: Props) {
  const refresh = useRefreshRoles()
  const [label, setLabel] = useState("")
  const [ownKey, setKey] = useState<string | null>(null)
  const key = ownKey ?? keyFrom(label)
  const [parents, setParents] = useState<readonly string[]>([])
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const errors = fieldErrors(failure)
  const lacks = (!label.trim() || !key) && "Give it a name and a key."
  const make = async () => {
    if (lacks || busy) return
    setBusy(true)
    setFailure(null)
    try {
      const made = await createRole({ key, label: label.trim(), parents: [...parents] })
      await refresh()
      onMade(made)
    } catch (problem) {
      setFailure(problem)
      setBusy(false)
    }
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title="New role"
      onSubmit={() => void make()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" submit busy={busy} disabledReason={lacks}>
            Create
          </Button>
        </>
      }
    >
      <Field label="Name" required error={errors.label}>
        {(control) => (
          <TextInput
            {...control}
            data-autofocus
            maxLength={120}
            value={label}
            onChange={({ target }) => setLabel(target.value)}
          />
        )}
      </Field>
      <Field
        label="Key"
        required
        error={errors.key}
        hint="Policies and scripts name the role by it. It stays."
      >
        {(control) => (
          <TextInput
            {...control}
            mono
            maxLength={60}
            value={key}
            onChange={({ target }) => setKey(target.value)}
          />
        )}
      </Field>
      <RoleChoice
        label="Inherits from"
        roles={roles.map((role) => ({ value: role.key, label: role.label }))}
        chosen={parents}
        error={errors.parents}
        onChange={setParents}
      />
      {failure !== null && Object.keys(errors).length === 0 && (
        <Note kind="bad">{failureText(failure, "It could not be made.")}</Note>
      )}
    </Dialog>
  )
}
