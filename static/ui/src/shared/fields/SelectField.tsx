import type { ReactNode } from "react"
import { Field, SelectInput } from "../Field"

interface Props<T extends string> {
  label: ReactNode
  choices: readonly { value: T; label: string }[]
  value: T
  hint?: ReactNode
  error?: ReactNode
  required?: boolean
  readOnly?: boolean
  onChange: (value: T) => void
}

/** One of several, under a label. */
export function SelectField<T extends string>(props: Props<T>) {
  const { label, choices, value, hint, error, required, readOnly, onChange } = props
  return (
    <Field label={label} hint={hint} error={error} required={required}>
      {(control) => (
        <SelectInput
          {...control}
          disabled={readOnly}
          choices={choices}
          value={value}
          onChange={({ target }) => onChange(target.value as T)}
        />
      )}
    </Field>
  )
}
