import type { InputHTMLAttributes, ReactNode } from "react"
import { Field, TextInput } from "../Field"

interface Props extends Pick<
  InputHTMLAttributes<HTMLInputElement>,
  "type" | "list" | "maxLength" | "placeholder"
> {
  label: ReactNode
  value: string
  hint?: ReactNode
  error?: ReactNode
  aside?: ReactNode
  required?: boolean
  /** Names, expressions and addresses: read letter by letter. */
  mono?: boolean
  readOnly?: boolean
  onChange: (text: string) => void
}

/** A line of text under a label. */
export function LineField({ label, hint, error, aside, required, onChange, ...input }: Props) {
  return (
    <Field label={label} hint={hint} error={error} aside={aside} required={required}>
      {(control) => (
        <TextInput
          {...control}
          {...input}
          spellCheck={false}
          autoComplete="off"
          onChange={({ target }) => onChange(target.value)}
        />
      )}
    </Field>
  )
}
