import { useState, type ReactNode } from "react"
import { Link } from "wouter"
import { useCan } from "../api/me"
import { Button } from "../shared/Button"
import { Field, SelectInput } from "../shared/Field"
import { toast } from "../shared/toast"
import { useCredentialNames } from "./api"
import { CredentialDialog } from "./CredentialDialog"
import type { CredentialUse } from "./types"
import "./CredentialSelect.css"

interface Props {
  label: string
  required?: boolean
  /** What it has to be good for. */
  use: CredentialUse
  value: string
  hint?: ReactNode
  error?: string
  readOnly: boolean
  onChange: (name: string | undefined) => void
}

/** Chooses a credential by its name, or makes one on the spot. */
export default function CredentialSelect(props: Props) {
  const { label, required, use, value, hint, error, readOnly, onChange } = props
  const [making, setMaking] = useState(false)
  const mayCreate = useCan("credential.create")
  const names = useCredentialNames(use)
  const listed = (names.data ?? []).map(({ name }) => ({ value: name, label: name }))
  const none = required && names.isSuccess ? (listed.length ? "Choose one" : "There is none yet") : "None"
  const isGone = value !== "" && names.isSuccess && !listed.some((item) => item.value === value)
  const choices = [
    { value: "", label: none },
    ...listed,
    ...(value && !listed.some((item) => item.value === value) ? [{ value, label: value }] : []),
  ]
  return (
    <>
      <Field
        label={label}
        required={required}
        hint={hint}
        error={error ?? (isGone ? `There is no credential “${value}” that fits here.` : undefined)}
        aside={
          value &&
          !isGone && (
            <Link className="linkish xs" href={`/credentials?search=${encodeURIComponent(value)}`}>
              Open
            </Link>
          )
        }
      >
        {(control) => (
          <span className="credential-select">
            <SelectInput
              {...control}
              className="grow"
              disabled={readOnly}
              choices={choices}
              value={value}
              onChange={({ target }) => onChange(target.value || undefined)}
            />
            {mayCreate && !readOnly && (
              <Button icon="plus" onClick={() => setMaking(true)}>
                New credential
              </Button>
            )}
          </span>
        )}
      </Field>
      {making && (
        <CredentialDialog
          credential={null}
          use={use}
          onClose={() => setMaking(false)}
          onSaved={(made) => {
            setMaking(false)
            onChange(made.name)
            toast(`“${made.name}” is kept.`, { icon: "key" })
          }}
        />
      )}
    </>
  )
}
