import { useState } from "react"
import { ApiProblem } from "../api/problem"
import type { NewApiToken } from "../api/types"
import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { Field, SelectInput, TextInput } from "../shared/Field"
import { Note } from "../shared/Note"
import { Segmented } from "../shared/Segmented"
import { createToken } from "./api"
import { ScopePicker } from "./ScopePicker"

interface Props {
  permissions: readonly string[]
  onCreated: (token: NewApiToken) => void
  onClose: () => void
}

const LIVES = [
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "1 year" },
]

const REACHES = [
  { value: "some", label: "Chosen rights" },
  { value: "all", label: "All that I may do" },
] as const

/** What it is for, what it may do, when it ends. */
export function NewTokenDialog({ permissions, onCreated, onClose }: Props) {
  const [name, setName] = useState("")
  const [life, setLife] = useState("90")
  const [reach, setReach] = useState<"some" | "all">("some")
  const [scopes, setScopes] = useState<ReadonlySet<string>>(new Set())
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const lacks =
    (!name.trim() && "A token needs a name.") ||
    (reach === "some" && scopes.size === 0 && "Choose at least one right.")
  const submit = async () => {
    if (lacks || busy) return
    setBusy(true)
    setError(null)
    try {
      const chosen = reach === "all" ? null : [...scopes]
      onCreated(await createToken({ name: name.trim(), scopes: chosen, expires_in_days: Number(life) }))
    } catch (reason) {
      setError(reason)
      setBusy(false)
    }
  }
  const nameError =
    error instanceof ApiProblem ? error.errors.find((item) => item.field === "name")?.message : undefined
  return (
    <Dialog
      open
      onClose={onClose}
      title="New API token"
      width={560}
      onSubmit={() => void submit()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" submit busy={busy} disabledReason={lacks}>
            Create token
          </Button>
        </>
      }
    >
      <Field label="Name" required error={nameError} hint="What will use it: “nightly export”.">
        {(control) => (
          <TextInput
            {...control}
            data-autofocus
            maxLength={120}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <Field label="Ends after">
        {(control) => (
          <SelectInput
            {...control}
            choices={LIVES}
            value={life}
            onChange={(event) => setLife(event.target.value)}
          />
        )}
      </Field>
      <div className="field">
        <span className="lab">Rights</span>
        <span>
          <Segmented label="Rights" options={REACHES} value={reach} onChange={setReach} />
        </span>
      </div>
      {reach === "some" && <ScopePicker permissions={permissions} chosen={scopes} onChange={setScopes} />}
      {error !== null && !nameError && (
        <div className="dialog-note">
          <Note kind="bad">{error instanceof Error ? error.message : "The token could not be made."}</Note>
        </div>
      )}
    </Dialog>
  )
}
