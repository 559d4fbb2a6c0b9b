import { fieldErrors } from "../api/fieldErrors"
import { Field, TextArea } from "../shared/Field"

interface Props {
  label: string
  hint?: string
  /** What the server said of the attempt before. */
  failure: unknown
  value: string
  onChange: (reason: string) => void
}

/** Why somebody wants to see something: it has to be said, and is kept in the audit. */
export function ReasonField({ label, hint, failure, value, onChange }: Props) {
  return (
    <Field label={label} required error={fieldErrors(failure).reason} hint={hint}>
      {(control) => (
        <TextArea
          {...control}
          data-autofocus
          maxLength={1_000}
          value={value}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
    </Field>
  )
}
