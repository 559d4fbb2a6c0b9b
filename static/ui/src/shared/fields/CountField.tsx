import { useState, type ReactNode } from "react"
import { Field, TextInput } from "../Field"
import { readCount } from "./readCount"

interface Props {
  label: ReactNode
  value: number
  least: number
  most?: number
  hint?: ReactNode
  error?: ReactNode
  readOnly?: boolean
  onChange: (value: number) => void
}

/** A whole number. What is typed stays as it is typed; only a number within its bounds counts. */
export function CountField({ label, value, least, most, hint, error, readOnly, onChange }: Props) {
  const [text, setText] = useState<string | null>(null)
  const read = text === null ? null : readCount(text, least, most)
  const type = (next: string) => {
    setText(next)
    const found = readCount(next, least, most)
    if (found.ok) onChange(found.value)
  }
  return (
    <Field label={label} hint={hint} error={read && !read.ok ? read.why : error}>
      {(control) => (
        <TextInput
          {...control}
          inputMode="numeric"
          readOnly={readOnly}
          autoComplete="off"
          value={text ?? String(value)}
          onChange={({ target }) => type(target.value)}
          onBlur={() => setText(null)}
        />
      )}
    </Field>
  )
}
