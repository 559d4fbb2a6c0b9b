import { useState } from "react"
import { Field, TextInput } from "../shared/Field"
import { problemText, type FieldViewProps } from "./FieldView"
import { parseNumber } from "./schema"

interface Props extends FieldViewProps {
  /** Shown while it is empty and the schema has no default. */
  placeholder?: string
}

/** A number, or a `${name}`. What can't be read stays in the field, with the reason, and is not saved. */
export function NumberField({ field, value, onChange, context, path, placeholder }: Props) {
  const stored = value == null ? "" : String(value)
  const [draft, setDraft] = useState<string | null>(null)
  const parsed = parseNumber(draft ?? stored, field.schema)
  const fallback = field.schema.default
  const isOptional = Array.isArray(field.schema.type) && field.schema.type.includes("null")
  return (
    <Field
      label={field.label}
      required={field.required}
      hint={field.schema.description}
      error={"error" in parsed ? parsed.error : problemText(context, path, field.label)}
    >
      {(control) => (
        <TextInput
          {...control}
          className="num"
          inputMode="decimal"
          readOnly={context.readOnly}
          autoComplete="off"
          placeholder={
            fallback == null ? (placeholder ?? (isOptional ? "none" : undefined)) : String(fallback)
          }
          value={draft ?? stored}
          onChange={(event) => {
            const next = parseNumber(event.target.value, field.schema)
            setDraft(event.target.value)
            if ("value" in next) onChange(next.value)
          }}
          onBlur={() => {
            if (!("error" in parsed)) setDraft(null)
          }}
        />
      )}
    </Field>
  )
}
