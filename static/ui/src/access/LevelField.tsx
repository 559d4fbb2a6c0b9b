import type { ReactNode } from "react"
import { Field, SelectInput } from "../shared/Field"
import { DEFAULT_LEVEL } from "../shared/levels"
import { useLevels } from "./api"

interface Props {
  value: string | undefined
  onChange: (level: string) => void
  readOnly: boolean
  hint?: ReactNode
  error?: string
}

/** How sensitive something is: one of the levels of the workspace. */
export function LevelField({ value = DEFAULT_LEVEL, onChange, readOnly, hint, error }: Props) {
  const levels = useLevels()
  const known = levels.map(({ key, label }) => ({ value: key, label }))
  const choices = known.some((choice) => choice.value === value) ? known : [{ value, label: value }, ...known]
  return (
    <Field label="Classification" hint={hint} error={error}>
      {(control) => (
        <SelectInput
          {...control}
          disabled={readOnly}
          choices={choices}
          value={value}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
    </Field>
  )
}
