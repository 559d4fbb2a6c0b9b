import { useState } from "react"
import { failureText, fieldErrors } from "../api/fieldErrors"
import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { Field } from "../shared/Field"
import { LineField } from "../shared/fields/LineField"
import { Note } from "../shared/Note"
import { RadioList } from "../shared/RadioList"
import { createPolicy } from "./api"
import { TokensInput } from "./fields/TokensInput"
import { keyFrom, type Effect } from "./model/rule"
import type { Vocabulary } from "./model/vocabulary"
import type { Policy } from "./types"

interface Props {
  words: Vocabulary
  onMade: (policy: Policy) => void
  onClose: () => void
}

const EFFECTS = [
  {
    value: "deny",
    label: "Deny",
    hint: "Stronger than anything that allows, and also where nobody can tell.",
  },
  { value: "allow", label: "Allow", hint: "Beside what roles and shares allow, where it surely holds." },
] as const

/** A new policy, which decides nothing until it is activated. */
export function NewPolicyDialog({ words, onMade, onClose }: Props) {
  const [label, setLabel] = useState("")
  const [effect, setEffect] = useState<Effect>("deny")
  const [actions, setActions] = useState<string[]>([])
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const errors = fieldErrors(failure)
  const key = keyFrom(label)
  const lacks = (!key && "Give it a name.") || (actions.length === 0 && "Choose at least one action.")
  const make = async () => {
    if (lacks || busy) return
    setBusy(true)
    setFailure(null)
    try {
      const [type] = new Set(actions.map((action) => action.split(".")[0] ?? "*"))
      const types = new Set(actions.map((action) => action.split(".")[0]))
      const isOne = types.size === 1 && words.resource_types.some(({ name }) => name === type)
      onMade(
        await createPolicy({
          key,
          label: label.trim(),
          effect,
          actions,
          resource_type: isOne && type ? type : "*",
        }),
      )
    } catch (reason) {
      setFailure(reason)
      setBusy(false)
    }
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title="New policy"
      width={520}
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
      <LineField
        label="Name"
        required
        maxLength={120}
        placeholder="Applicant data stays in region"
        hint={key ? `Files and the audit know it as ${key}.` : undefined}
        error={errors.key ?? errors.label}
        value={label}
        onChange={setLabel}
      />
      <RadioList label="Effect" choices={EFFECTS} value={effect} onChange={setEffect} />
      <Field label="Actions" required error={errors.actions}>
        {(control) => (
          <TokensInput
            {...control}
            label="Actions"
            values={actions}
            options={words.actions.map((one) => ({ value: one.name, hint: one.label }))}
            onChange={setActions}
          />
        )}
      </Field>
      {failure !== null && (
        <div className="dialog-note">
          <Note kind="bad">{failureText(failure, "The policy could not be made.")}</Note>
        </div>
      )}
    </Dialog>
  )
}
